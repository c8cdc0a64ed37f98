// What an answer leads on to: said in words, and one click away.
"use strict";
import { KEY, find, newKey } from "./fill.js";

const read = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

const isOk = (status) => status >= 200 && status < 300;

const at = (body, pointer) => pointer.split("/").slice(1).reduce((node, name) => node?.[name], body);

const block = (id) => document.querySelector(`.opblock[id$="-${CSS.escape(id)}"]`);

// Until something is there, or two seconds are over.
export async function until(look) {
  for (let tries = 0; tries < 120; tries++) {
    const found = look();
    if (found) return found;
    await new Promise(requestAnimationFrame);
  }
  return null;
}

export function nextSteps(spec, say) {
  const method = (name) => name.toLowerCase();
  const operationAt = (path, name) => spec.paths[path]?.[method(name)];

  function setParameter(system, { path, method: verb }, name, value) {
    const own = system.specSelectors.specJsonWithResolvedSubtrees().getIn(["paths", path, verb, "parameters"]);
    const parameter = own?.find((p) => p.get("name") === name);
    if (parameter) system.specActions.changeParamByIdentity([path, verb], parameter, value, false);
  }

  // Opens an operation with its values filled in; one that only reads is executed, anything else waits for the person.
  async function go(system, id, values) {
    const target = find(spec, id);
    const key = ["operations", target.operation.tags[0], id];
    // What somebody looked for may hide where they go now.
    if (!block(id)) system.layoutActions.updateFilter(true);
    system.layoutActions.show(["operations-tag", target.operation.tags[0]], true);
    system.layoutActions.show(key, true);
    system.layoutActions.show([...key, "try-it-out"], true);
    const execute = await until(() => block(id)?.querySelector("button.execute"));
    if (!execute) return;
    block(id).scrollIntoView({ block: "start" });
    // Only what stands in the form is executed.
    const filled = await until(() =>
      Object.entries(values).every(([name, value]) => {
        const stands = block(id).querySelector(`tr[data-param-name="${CSS.escape(name)}"] input`)?.value === value;
        if (!stands) setParameter(system, target, name, value);
        return stands;
      }));
    if (!filled || target.method !== "get") execute.focus({ preventScroll: true });
    else execute.click();
  }

  // Where the answer names what another operation takes, and the person may call that one.
  const stepsOf = (operation, status, body) =>
    Object.values(operation?.responses?.[status]?.links || {})
      .filter((link) => find(spec, link.operationId))
      .map((link) => ({
        id: link.operationId,
        values: Object.fromEntries(Object.entries(link.parameters).map(([name, from]) => [name, at(body, from.split("#")[1])])),
      }))
      .filter(({ values }) => Object.values(values).every(Boolean));

  const sentBy = (system, path, verb) => read(system.specSelectors.requestFor(path, verb)?.get("body"));

  const setDryRun = (system, pathMethod, sent, dry) =>
    system.oas3Actions.setRequestBodyValue({ value: JSON.stringify({ ...sent, dry_run: dry }, null, 2), pathMethod });

  const outcome = (status, body, dry) => {
    if (isOk(status)) return dry ? say.tried : say.outcomes[status];
    if (!status || status >= 500) return say.failed;
    return `${say.refused} ${body?.detail || ""}`;
  };

  return () => ({
    fn: {
      // By what operations say, not by the names of their groups alone.
      opsFilter: (tagged, phrase) => {
        const sought = phrase.toLowerCase();
        const has = (text) => (text || "").toLowerCase().includes(sought);
        return tagged
          .map((tag, name) => (has(name) ? tag : tag.update("operations", (all) => all.filter((o) =>
            has(o.getIn(["operation", "summary"])) || has(o.getIn(["operation", "operationId"])) || has(o.get("path"))))))
          .filter((tag) => tag.get("operations").size > 0);
      },
    },
    statePlugins: {
      spec: {
        wrapActions: {
          // A key is kept only while nobody knows what became of its request; what was done is tried again before it is done again.
          setResponse: (original, system) => (path, verb, response) => {
            const result = original(path, verb, response);
            const status = response.status ?? response.err?.status ?? response.err?.response?.status;
            if (status && status < 500 && status !== 429) setParameter(system, { path, method: method(verb) }, KEY, newKey());
            const sent = sentBy(system, path, verb);
            if (isOk(status) && sent?.dry_run === false) setDryRun(system, [path, method(verb)], sent, true);
            return result;
          },
        },
      },
    },
    wrapComponents: {
      liveResponse: (Original, system) => (props) => {
        const { createElement: h, useEffect, useRef } = system.React;
        const top = useRef(null);
        useEffect(() => void top.current.scrollIntoView({ block: "nearest" }), [props.response]);
        const [status, body] = [Number(props.response.get("status")), read(props.response.get("text"))];
        const sent = sentBy(system, props.path, props.method);
        const dry = status === 200 && sent?.dry_run === true;
        const pathMethod = [props.path, method(props.method)];
        const button = (label, click) => h("button", { type: "button", key: label, className: "next-step", onClick: click }, label);
        const buttons = stepsOf(operationAt(...pathMethod), status, body).map(({ id, values }) =>
          button(id === operationAt(...pathMethod).operationId ? say.again : find(spec, id).operation.summary, () => go(system, id, values)));
        if (dry)
          buttons.unshift(button(say.real, (event) => {
            setDryRun(system, pathMethod, sent, false);
            event.target.closest(".opblock").querySelector("button.execute").focus();
            event.target.textContent = say.ready;
          }));
        const said = h("p", { key: "said", className: isOk(status) ? "next-said" : "next-said next-not", role: "status" }, outcome(status, body, dry));
        const steps = buttons.length && h("p", { key: "steps", className: "next-steps" }, `${say.next}: `, buttons);
        return h("div", null, h("div", { className: "next", ref: top }, said, steps || null), h(Original, props));
      },
    },
  });
}
