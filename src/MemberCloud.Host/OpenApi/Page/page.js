// Swagger UI with a door in it: sign in as staff or with a key, see and call only what that credential may, in English or Chinese.
"use strict";
import { swaggerWords, words } from "./words.js";
import { fillIds, fillKeys, inChinese, KEY, newKey, operations, translate } from "./fill.js";
import { nextSteps, until } from "./next.js";

(() => {
  // What the person chose here, else what the browser says.
  const chosen = localStorage.getItem("membercloud-language") || navigator.language || "en";
  let chinese = chosen.toLowerCase().startsWith("zh");
  let say = chinese ? words.zh : words.en;
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

  const language = () => (chinese ? "zh-CN" : "en");

  async function call(path, options = {}, token = session && session.token) {
    const headers = { "Accept-Language": language(), ...options.headers };
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
      await enter(answer.body.token, { name, role, brand });
    });
  });

  forms.key.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(forms.key, async () => {
      const key = forms.key.key.value.trim();
      const answer = await call(`/openapi/${documentOf(key)}.json`, {}, key);
      forms.key.key.value = "";
      if (!answer.ok) return tell(answer.detail);
      await enter(key, { tail: key.slice(-4) });
    });
  });

  byId("sign-out").addEventListener("click", () =>
    attempt(forms.held, async () => {
      // A key is not ended by leaving the page; a session of staff is.
      if (session.document === "staff") await call("/v1/staff/logout", { method: "POST", headers: { [KEY]: newKey() } });
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
    document.documentElement.lang = language();
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
    byId("language").textContent = say.language;
    byId("documents").replaceChildren(...Object.entries(say.documents).map(([name, text]) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: text });
      button.dataset.document = name;
      button.addEventListener("click", () => ((shown = name), attempt(byId("documents"), show)));
      return button;
    }));
  }

  byId("language").addEventListener("click", () => {
    chinese = !chinese;
    say = chinese ? words.zh : words.en;
    localStorage.setItem("membercloud-language", language());
    tell("");
    label();
    attempt(byId("documents"), show);
  });

  const whoIs = ({ name, role, brand, tail }) => (tail ? `${say.keyHeld} ${tail}` : `${name} · ${say.roles[role] || role} · ${brand}`);

  // Whoever is signed in sees one document, cut to what they may do; whoever is not may read all three.
  function bar() {
    for (const [name, element] of Object.entries(forms)) element.hidden = name !== (session ? "held" : "staff");
    byId("who").textContent = session ? whoIs(session.who) : "";
    for (const button of byId("documents").children) {
      button.hidden = Boolean(session) && button.dataset.document !== shown;
      button.setAttribute("aria-pressed", String(button.dataset.document === shown));
    }
  }

  // One click to each group of operations.
  function groups(spec, ui) {
    byId("groups").replaceChildren(...spec.tags.map(({ name }) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: name });
      button.addEventListener("click", () => {
        ui.layoutActions.show(["operations-tag", name], true);
        document.querySelector(`.opblock-tag[data-tag="${CSS.escape(name)}"]`)?.scrollIntoView({ block: "start" });
      });
      return button;
    }));
  }

  // People who do not program are told how to work here, and not every way in which a program may be refused.
  function forPeople(spec) {
    Object.assign(spec.info, { title: say.title, description: say.guide });
    for (const { operation } of operations(spec)) {
      operation.description = operation.description.replace(/\s*Errors: [^.]*\./, "").replace(/\s*For the roles [^\n]*$/, "");
      operation.responses = Object.fromEntries(Object.entries(operation.responses).filter(([status]) => status.startsWith("2")));
    }
  }

  function intercept(request) {
    if (new URL(request.url, location.href).origin !== location.origin) return request;
    if (session) request.headers.Authorization = `Bearer ${session.token}`;
    request.headers["Accept-Language"] = language();
    if (request.method !== "GET" && !request.headers[KEY]) request.headers[KEY] = newKey();
    return request;
  }

  let chineseTexts;
  const texts = () => (chineseTexts ??= fetch("./zh-CN.json").then((answer) => answer.json()));

  // Says on the page itself whether what it shows is whole: one that is being exchanged for another is not to be worked in.
  const ready = (is) => (document.documentElement.dataset.ready = String(is));

  let turn = 0;

  async function show() {
    const mine = ++turn;
    ready(false);
    // The door is there before the document is, and when it does not come.
    bar();
    let answer = await call(`/openapi/${shown}.json`);
    if (!answer.ok && session) {
      leave(answer.detail || say.ended);
      bar();
      answer = await call(`/openapi/${shown}.json`);
    }
    if (!answer.ok) return tell(answer.detail);
    const spec = answer.body;
    fillKeys(spec, say.once);
    if (session) await fillIds(spec, call);
    if (chinese) inChinese(spec, await texts());
    if (shown === "staff") forPeople(spec);
    // Somebody who clicks twice gets what they asked for last.
    if (mine === turn) draw(spec);
  }

  let observer;

  function draw(spec) {
    // A page of its own each time: Swagger UI does not take another document in the place of the first.
    const main = Object.assign(document.createElement("main"), { id: "swagger-ui", className: `of-${shown}` });
    byId("swagger-ui").replaceWith(main);
    observer?.disconnect();
    observer = chinese ? translate(main, swaggerWords) : null;
    const ui = SwaggerUIBundle({
      spec,
      dom_id: "#swagger-ui",
      deepLinking: true,
      docExpansion: "list",
      defaultModelsExpandDepth: shown === "staff" ? -1 : 0,
      defaultModelExpandDepth: 2,
      displayRequestDuration: true,
      // Whoever is signed in came to do something.
      tryItOutEnabled: Boolean(session),
      // The credential is nothing to show on a screen.
      showMutatedRequest: false,
      filter: true,
      requestInterceptor: intercept,
      presets: [SwaggerUIBundle.presets.apis],
      plugins: [nextSteps(spec, say)],
      layout: "BaseLayout",
      validatorUrl: null,
      onComplete: async () => {
        (await until(() => main.querySelector(".operation-filter-input")))?.setAttribute("placeholder", say.find);
        ready(true);
      },
    });
    // Swagger UI comes to a halt over some 150 operations unfolded at once: what is set up once starts folded.
    for (const { name } of spec.tags) if (name === "Configuration") ui.layoutActions.show(["operations-tag", name], false);
    groups(spec, ui);
  }

  label();
  show().catch(() => tell(say.away));
})();
