using System.Buffers.Text;
using System.Text;
using FsCheck.Fluent;
using MemberCloud.Shared;

namespace MemberCloud.Rules.Tests.Shared;

public sealed class PageTests
{
    [Fact]
    public void A_page_has_fifty_rows_unless_another_number_is_asked()
    {
        Assert.Equal(50, new PageRequest(null, null).Size);
        Assert.Equal(7, new PageRequest(null, 7).Size);
    }

    [Fact]
    public void The_first_page_comes_after_nothing() => Assert.Null(new PageRequest(null, null).After("members").Value);

    [Fact]
    public void Pages_follow_each_other_to_the_end_and_miss_nothing() =>
        Cases.ForAll(
            Gen.Two(Gen.Choose(1, 40)),
            pair =>
            {
                var (total, size) = pair;
                var seen = new List<int>();
                string? cursor = null;
                do
                {
                    var page = Read(total, new(cursor, size));
                    Assert.True(page.Data.Count == size || page.NextCursor is null, "Only the last page is short.");
                    seen.AddRange(page.Data);
                    cursor = page.NextCursor;
                } while (cursor is not null);
                Assert.Equal(Enumerable.Range(1, total), seen);
            }
        );

    [Fact]
    public void A_full_last_page_is_the_last() => Assert.Null(Read(3, new(null, 3)).NextCursor);

    [Theory]
    [InlineData("")]
    [InlineData("not a cursor!")]
    [InlineData("bWVtYmVycw")] // members, no key
    [InlineData("b3JkZXJzCjU")] // of another list
    [InlineData("bWVtYmVycwo1CjY")] // one line too many
    [InlineData("____")] // no text
    public void A_cursor_that_is_not_of_this_list_is_refused(string cursor) =>
        Assert.Equal(
            ("cursor_invalid", 400),
            (
                new PageRequest(cursor, null).After("members").Problem!.Code,
                new PageRequest(cursor, null).After("members").Problem!.Status
            )
        );

    [Theory]
    [InlineData(441, true)] // 449 bytes, 599 characters
    [InlineData(444, false)]
    public void A_cursor_has_a_longest_length(int keyLength, bool read)
    {
        var key = new string('k', keyLength);
        var cursor = Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"members\n{key}"));

        Assert.Equal(read, !new PageRequest(cursor, null).After("members").Refused);
    }

    /// <summary>A list of 1, 2, 3 ... as an endpoint reads it: one row beyond the page.</summary>
    private static Page<int> Read(int total, PageRequest page)
    {
        var after = int.Parse(page.After("numbers").Value ?? "0");
        var rows = Enumerable.Range(1, total).Where(n => n > after).Take(page.Size + 1).ToList();
        return Page.From(rows, page, "numbers", n => n.ToString(), n => n);
    }
}
