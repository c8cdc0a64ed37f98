using MemberCloud.Members;

namespace MemberCloud.Rules.Tests.Members;

public sealed class PhoneRulesTests
{
    [Theory]
    [InlineData("+8613800138000", "+8613800138000")]
    [InlineData("+86 138-0013-8000", "+8613800138000")]
    [InlineData("+1 (212) 555.0100", "+12125550100")]
    [InlineData("+49 30/901820", "+4930901820")]
    [InlineData("+1234567", "+1234567")] // 7 digits
    [InlineData("+123456", null)] // 6
    [InlineData("+123456789012345", "+123456789012345")] // 15
    [InlineData("+1234567890123456", null)] // 16
    [InlineData("13800138000", null)] // no country
    [InlineData("+0138001380", null)]
    [InlineData("+86138001380x", null)]
    [InlineData("+86138+013800", null)]
    [InlineData("++8613800138000", null)]
    [InlineData("+８６138001380", null)]
    [InlineData("+", null)]
    [InlineData("", null)]
    public void With_its_country_code_a_number_is_e164_in_any_brand(string text, string? phone)
    {
        Assert.Equal(phone, PhoneRules.Normalise(text, null));
        Assert.Equal(phone ?? (text.StartsWith('1') ? "+8613800138000" : null), PhoneRules.Normalise(text, "CN"));
    }

    [Theory]
    [InlineData("+44 (0)20 7946 0958", "+442079460958")] // a trunk prefix has no place there
    [InlineData("+86 010 6552 9988", "+861065529988")]
    [InlineData("+39 06 6982 0000", "+390669820000")] // Italy's 0 is part of the number
    [InlineData("+852 2123 4567", "+85221234567")]
    [InlineData("+7 012 345 67 89", "+70123456789")] // a country we have no plan of: as it is
    public void A_trunk_prefix_behind_the_country_code_is_dropped(string text, string phone) =>
        Assert.Equal(phone, PhoneRules.Normalise(text, null));

    [Theory]
    // China: mobiles have no trunk prefix; an area code is written with it or without
    [InlineData("CN", "138 0013 8000", "+8613800138000")]
    [InlineData("CN", "013800138000", "+8613800138000")]
    [InlineData("CN", "010-6552 9988", "+861065529988")]
    [InlineData("CN", "(021) 6289 8888", "+862162898888")]
    [InlineData("CN", "0755 8246 0000", "+8675582460000")]
    [InlineData("CN", "6552 9988", null)] // works within a town only
    [InlineData("CN", "12800138000", null)]
    [InlineData("CN", "1380013800", null)]
    [InlineData("CN", "138001380000", null)]
    [InlineData("HK", "2123 4567", "+85221234567")]
    [InlineData("HK", "02123 4567", null)]
    [InlineData("HK", "1123 4567", null)]
    [InlineData("MO", "6612 3456", "+85366123456")]
    [InlineData("TW", "0912-345-678", "+886912345678")]
    [InlineData("TW", "02 2720 8889", "+886227208889")]
    [InlineData("TW", "91234567", null)]
    [InlineData("JP", "090-1234-5678", "+819012345678")]
    [InlineData("JP", "03-3224-9999", "+81332249999")]
    [InlineData("JP", "03-3224-999", null)]
    [InlineData("KR", "010-1234-5678", "+821012345678")]
    [InlineData("KR", "02-730-5800", "+8227305800")]
    [InlineData("KR", "031-123-4567", "+82311234567")]
    [InlineData("SG", "9123 4567", "+6591234567")]
    [InlineData("SG", "7123 4567", null)]
    [InlineData("MY", "012-345 6789", "+60123456789")]
    [InlineData("MY", "03-2161 0000", "+60321610000")]
    [InlineData("TH", "081 234 5678", "+66812345678")]
    [InlineData("TH", "02 123 4567", "+6621234567")]
    [InlineData("VN", "091 234 56 78", "+84912345678")]
    [InlineData("VN", "024 3825 0000", "+842438250000")]
    [InlineData("PH", "0917 123 4567", "+639171234567")]
    [InlineData("ID", "0812-3456-7890", "+6281234567890")]
    [InlineData("IN", "098765 43210", "+919876543210")]
    [InlineData("AU", "0412 345 678", "+61412345678")]
    [InlineData("AU", "02 9374 4000", "+61293744000")]
    [InlineData("AU", "0612 345 678", null)]
    [InlineData("NZ", "021 123 4567", "+64211234567")]
    [InlineData("US", "(212) 555-0100", "+12125550100")]
    [InlineData("US", "1 212 555 0100", "+12125550100")]
    [InlineData("US", "112 555 0100", null)]
    [InlineData("US", "212 155 0100", null)]
    [InlineData("US", "555-0100", null)]
    [InlineData("CA", "604 555 0100", "+16045550100")]
    [InlineData("GB", "020 7946 0958", "+442079460958")]
    [InlineData("GB", "07700 900123", "+447700900123")]
    [InlineData("GB", "0207946", null)]
    [InlineData("DE", "030 901820", "+4930901820")]
    [InlineData("DE", "0151 12345678", "+4915112345678")]
    [InlineData("DE", "110", null)]
    [InlineData("FR", "01 42 68 53 00", "+33142685300")]
    [InlineData("FR", "06 12 34 56 78", "+33612345678")]
    [InlineData("IT", "06 6982 0000", "+390669820000")]
    [InlineData("IT", "347 123 4567", "+393471234567")]
    [InlineData("ES", "912 345 678", "+34912345678")]
    [InlineData("ES", "512 345 678", null)]
    [InlineData("NL", "06 12345678", "+31612345678")]
    // whatever the country
    [InlineData("XX", "13800138000", null)]
    [InlineData("CN", "00 86 138 0013 8000", null)]
    [InlineData("CN", "138 0013 8000 ext 5", null)]
    [InlineData("CN", "１３８００１３８０００", null)]
    [InlineData("CN", "0", null)]
    [InlineData("CN", "\n13800138000\n", null)]
    [InlineData("CN", "", null)]
    public void A_national_number_is_read_by_the_brands_country(string country, string text, string? phone) =>
        Assert.Equal(phone, PhoneRules.Normalise(text, country));
}
