// What the page itself says, in both languages. What it says of operations comes from the documents, in Chinese from zh-CN.json.
export const words = {
  en: {
    language: "中文",
    documents: { brand: "Brand's systems", staff: "Staff", member: "Members" },
    brand: "Brand", email: "E-mail", password: "Password", signIn: "Sign in", key: "Key or token (mc_...)", useKey: "Use key",
    toKey: "Use a key", toStaff: "Sign in as staff", signOut: "Sign out", keyHeld: "Key ending in", find: "Find an operation",
    away: "The server did not answer. Try again.", ended: "You have been signed out.",
    roles: { owner: "Owner", manager: "Manager", marketer: "Marketer", support: "Support", viewer: "Viewer" },
    once: "Filled in, a new one after each answer. A second click while the first is under way does nothing twice.",
    next: "What next", again: "Look again", tried: "Tried. Nothing has changed.",
    outcomes: { 200: "Done.", 201: "Done: it is made.", 202: "Begun. It goes on by itself: follow it with the button here." },
    refused: "Refused. Nothing has changed.", failed: "It is not known whether this was done. Press Execute again: with the same key it happens once.",
    real: "Do it now (sets dry_run to false)", ready: "dry_run is false: Execute will do it.",
    title: "MemberCloud for your brand's staff",
    guide: `Sign in above: you see what you may do. Click an operation, look over what is filled in, press **Execute**; the answer comes below it, with buttons for what can come next.

**Coupons:** make a template, activate it, issue it with \`dry_run\` true (it says what would happen, and nothing does), issue it, follow the batch, undo it if it was wrong.

**Money** is in minor units: 500 is 5.00. **Percent** is in basis points: 1,500 is 15 %. **Times** carry an offset: 2026-05-01T08:00:00+08:00.`,
  },
  zh: {
    language: "English",
    documents: { brand: "品牌系统", staff: "员工", member: "会员" },
    brand: "品牌", email: "邮箱", password: "密码", signIn: "登录", key: "密钥或令牌 (mc_...)", useKey: "使用密钥",
    toKey: "使用密钥", toStaff: "员工登录", signOut: "退出", keyHeld: "密钥尾号", find: "查找操作",
    away: "服务器没有响应，请重试。", ended: "您已退出登录。",
    roles: { owner: "所有者", manager: "经理", marketer: "市场", support: "客服", viewer: "只读" },
    once: "已自动填好，每次得到回答后换新。请求进行中重复点击，也只执行一次。",
    next: "接下来", again: "刷新", tried: "试算完成，未作任何更改。",
    outcomes: { 200: "已完成。", 201: "已完成，创建成功。", 202: "已开始，将在后台进行：请用此处的按钮跟进。" },
    refused: "被拒绝，未作任何更改。", failed: "尚不清楚是否已执行。请再次点击“执行”：使用同一个键只会执行一次。",
    real: "正式执行（把 dry_run 改为 false）", ready: "dry_run 已为 false：点击“执行”即正式执行。",
    title: "MemberCloud 员工工作台",
    guide: `请在上方登录，页面只显示您有权执行的操作。点开一个操作，核对已填好的内容，点击**执行**；回答显示在下方，并给出下一步的按钮。

**优惠券：**新建模板，启用，先用 \`dry_run\` 为 true 试算（只告诉您会发生什么，不发任何券），再正式发放，跟进批次；发错了可以撤回。

**金额**以最小货币单位填写：500 即 5.00 元。**百分比**以万分之一填写：1500 即 15 %。**时间**须带时区：2026-05-01T08:00:00+08:00。`,
  },
};

// The words of Swagger UI, which speaks English only.
export const swaggerWords = {
  "Try it out": "填写", Cancel: "收起填写", Reset: "还原", Execute: "执行", Clear: "清除", Parameters: "参数", "No parameters": "没有参数",
  Name: "名称", Description: "说明", "Request body": "填写内容", Responses: "回答", "Server response": "服务器的回答", Code: "状态码", Details: "详情",
  "Response body": "回答内容", "Response headers": "回答头", "Request duration": "用时", "Request URL": "请求地址", "Media type": "格式",
  "Example Value": "示例", Schema: "字段说明", "Edit Value": "填写", required: "必填", Links: "关联", "No links": "无", Download: "下载",
  "Controls": "由", "header.": "头决定。", Schemas: "数据结构", "Example": "示例", "Unrecognized response type; displaying content as text.": "按文本显示。",
  "Download file": "下载文件", "Copy to clipboard": "复制", "Expand all": "展开", "Collapse all": "收起", "Additional properties": "其他字段", forbidden: "不接受", "No operations defined in spec!": "没有您可以执行的操作。",
};
