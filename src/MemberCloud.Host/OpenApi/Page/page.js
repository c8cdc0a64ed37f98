// Swagger UI with a door in it: sign in as staff or with a key, see and call only what that credential may.
"use strict";
(() => {
  const words = {
    en: {
      documents: { brand: "Brand's systems", staff: "Staff", member: "Members" },
      brand: "Brand", email: "E-mail", password: "Password", signIn: "Sign in", key: "Key or token (mc_...)", useKey: "Use key",
      toKey: "Use a key", toStaff: "Sign in as staff", signOut: "Sign out", keyHeld: "Key ending in",
      away: "The server did not answer. Try again.", ended: "You have been signed out.",
      fresh: "Filled in afresh for each execution unless you type one.",
      roles: { owner: "Owner", manager: "Manager", marketer: "Marketer", support: "Support", viewer: "Viewer" },
    },
    zh: {
      documents: { brand: "品牌系统", staff: "员工", member: "会员" },
      brand: "品牌", email: "邮箱", password: "密码", signIn: "登录", key: "密钥或令牌 (mc_...)", useKey: "使用密钥",
      toKey: "使用密钥", toStaff: "员工登录", signOut: "退出", keyHeld: "密钥尾号",
      away: "服务器没有响应，请重试。", ended: "您已退出登录。",
      fresh: "留空则每次执行自动生成。",
      roles: { owner: "所有者", manager: "经理", marketer: "市场", support: "客服", viewer: "只读" },
    },
  };
  const chinese = (navigator.language || "en").toLowerCase().startsWith("zh");
  const say = chinese ? words.zh : words.en;
  const byId = (id) => document.getElementById(id);
  const forms = { staff: byId("sign-in"), key: byId("use-key"), held: byId("signed-in") };
  // The tab's own storage: gone with the tab, never sent by the browser itself.
  const store = {
    get: () => JSON.parse(sessionStorage.getItem("membercloud") || "null"),
    set: (session) => sessionStorage.setItem("membercloud", JSON.stringify(session)),
    clear: () => sessionStorage.removeItem("membercloud"),
  };
  let session = store.get();
  let shown = session ? session.document : "staff";

  const tell = (text) => {
    byId("message").textContent = text || "";
    byId("message").hidden = !text;
  };

  const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");

  async function call(path, options = {}, token = session && session.token) {
    const headers = { "Accept-Language": chinese ? "zh-CN" : "en", ...options.headers };
    if (token) headers.Authorization = `Bearer ${token}`;
    if (options.body) headers["Content-Type"] = "application/json";
    const response = await fetch(path, { ...options, headers });
    const body = response.status === 204 ? null : await response.json().catch(() => null);
    return { ok: response.ok, status: response.status, body, detail: (body && body.detail) || say.away };
  }

  async function attempt(form, work) {
    const button = form.querySelector("button");
    button.disabled = true;
    tell("");
    try {
      await work();
    } catch {
      tell(say.away);
    } finally {
      button.disabled = false;
    }
  }

  const documentOf = (token) => (token.startsWith("mc_staff_") ? "staff" : token.startsWith("mc_mem_") ? "member" : "brand");

  function enter(token, who) {
    session = { token, who, document: documentOf(token) };
    store.set(session);
    shown = session.document;
    return show();
  }

  function leave(why) {
    session = null;
    store.clear();
    tell(why);
  }

  forms.staff.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(forms.staff, async () => {
      const { brand, email, password } = Object.fromEntries(new FormData(forms.staff));
      const answer = await call("/v1/staff/login", { method: "POST", body: JSON.stringify({ brand, email, password }) }, null);
      forms.staff.password.value = "";
      if (!answer.ok) return tell(answer.detail);
      const { name, role } = answer.body.staff;
      await enter(answer.body.token, `${name} · ${say.roles[role] || role} · ${brand}`);
    });
  });

  forms.key.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(forms.key, async () => {
      const key = forms.key.key.value.trim();
      const answer = await call(`/openapi/${documentOf(key)}.json`, {}, key);
      forms.key.key.value = "";
      if (!answer.ok) return tell(answer.detail);
      await enter(key, `${say.keyHeld} ${key.slice(-4)}`);
    });
  });

  byId("sign-out").addEventListener("click", () =>
    attempt(forms.held, async () => {
      // A key is not ended by leaving the page; a session of staff is.
      if (session.document === "staff") await call("/v1/staff/logout", { method: "POST", headers: { "Idempotency-Key": newKey() } });
      leave("");
      await show();
    }));

  for (const link of document.querySelectorAll("[data-switch]"))
    link.addEventListener("click", () => ask(link.dataset.switch));

  function ask(form) {
    for (const [name, element] of Object.entries(forms)) element.hidden = name !== form;
    tell("");
  }

  function label() {
    document.documentElement.lang = chinese ? "zh-CN" : "en";
    for (const [form, names] of [[forms.staff, ["brand", "email", "password"]], [forms.key, ["key"]]])
      for (const name of names) {
        form[name].placeholder = say[name];
        form[name].setAttribute("aria-label", say[name]);
      }
    forms.staff.querySelector("[type=submit]").textContent = say.signIn;
    forms.key.querySelector("[type=submit]").textContent = say.useKey;
    document.querySelector("[data-switch=key]").textContent = say.toKey;
    document.querySelector("[data-switch=staff]").textContent = say.toStaff;
    byId("sign-out").textContent = say.signOut;
    for (const [name, text] of Object.entries(say.documents)) {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: text });
      button.dataset.document = name;
      button.addEventListener("click", () => ((shown = name), attempt(byId("documents"), show)));
      byId("documents").append(button);
    }
  }

  // Whoever is signed in sees one document, cut to what they may do; whoever is not may read all three.
  function bar() {
    for (const [name, element] of Object.entries(forms)) element.hidden = name !== (session ? "held" : "staff");
    byId("who").textContent = session ? session.who : "";
    for (const button of byId("documents").children) {
      button.hidden = Boolean(session) && button.dataset.document !== shown;
      button.setAttribute("aria-pressed", String(button.dataset.document === shown));
    }
  }

  const operations = (spec) =>
    Object.entries(spec.paths).flatMap(([path, methods]) => Object.values(methods).map((operation) => ({ path, operation })));

  // The interceptor fills the key in; the form need not ask for it.
  function easeKeys(spec) {
    for (const { operation } of operations(spec))
      for (const parameter of operation.parameters || [])
        if (parameter.name === "Idempotency-Key") Object.assign(parameter, { required: false, description: say.fresh });
  }

  // The document says where an id comes from: the first of that list makes an example that runs.
  async function findIds(spec) {
    const found = new Map();
    for (const { operation } of operations(spec))
      for (const parameter of operation.parameters || []) {
        const source = parameter["x-ids-from"];
        if (!source || source.includes("{") || !(spec.paths[source.split("?")[0]] || {}).get) continue;
        if (!found.has(source)) found.set(source, call(source).then((a) => (a.ok && a.body.data[0] ? a.body.data[0].id : undefined)));
        const id = await found.get(source);
        if (id) parameter.example = id;
      }
  }

  function intercept(request) {
    if (new URL(request.url, location.href).origin !== location.origin) return request;
    if (session) request.headers.Authorization = `Bearer ${session.token}`;
    if (request.method !== "GET" && !request.headers["Idempotency-Key"]) request.headers["Idempotency-Key"] = newKey();
    return request;
  }

  // Says on the page itself whether what it shows is whole: one that is being exchanged for another is not to be worked in.
  const ready = (is) => (document.documentElement.dataset.ready = String(is));

  async function show() {
    ready(false);
    let answer = await call(`/openapi/${shown}.json`);
    if (!answer.ok && session) {
      leave(answer.detail || say.ended);
      answer = await call(`/openapi/${shown}.json`);
    }
    if (!answer.ok) return tell(answer.detail);
    bar();
    const spec = answer.body;
    easeKeys(spec);
    if (session) await findIds(spec);
    SwaggerUIBundle({
      spec,
      dom_id: "#swagger-ui",
      deepLinking: true,
      docExpansion: "list",
      defaultModelsExpandDepth: 0,
      displayRequestDuration: true,
      // The credential is nothing to show on a screen.
      showMutatedRequest: false,
      filter: true,
      requestInterceptor: intercept,
      presets: [SwaggerUIBundle.presets.apis],
      layout: "BaseLayout",
      validatorUrl: null,
      onComplete: () => ready(true),
    });
  }

  label();
  show().catch(() => tell(say.away));
})();
