// Fills operations in so that they run as they stand: real ids, keys, texts in the person's language.
"use strict";

// The id that stands for a member's in examples.
const SOME_MEMBER = "mem_01jd4w7q0zf1x8e6t5n3k2h9ga";

export const KEY = "Idempotency-Key";

export const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");

export const operations = (spec) =>
  Object.entries(spec.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation, parameters: operation.parameters || [] })));

export const find = (spec, id) => operations(spec).find((o) => o.operation.operationId === id);

// Each operation gets a key of its own; whoever empties the field gets one from the interceptor.
export function fillKeys(spec, meaning) {
  for (const { parameters } of operations(spec))
    for (const parameter of parameters)
      if (parameter.name === KEY) Object.assign(parameter, { required: false, description: meaning, example: newKey() });
}

// The document says where an id comes from: the first of that list (that is as asked) makes an example that runs.
export async function fillIds(spec, get) {
  const lists = new Map();
  const list = (source) => {
    if (!lists.has(source)) lists.set(source, get(source).then((a) => (a.ok ? a.body.data : [])));
    return lists.get(source);
  };

  async function rows(source) {
    const [path] = source.split("?");
    const { get: lister } = spec.paths[path] || {};
    if (!lister) return [];
    if (!source.includes("{")) return list(source);
    // A list of something's own: of the first that has any.
    const owner = (lister.parameters || []).find((p) => p.in === "path");
    for (const { id } of (await rows((owner["x-ids-from"] || "").replace("limit=1", "limit=5"))).slice(0, 5)) {
      const found = await list(source.replace(`{${owner.name}}`, id));
      if (found.length) return found;
    }
    return [];
  }

  const wants = operations(spec).flatMap((o) => o.parameters).filter((p) => p["x-ids-from"]);
  await Promise.all(wants.map(async (parameter) => {
    const where = Object.entries(parameter["x-ids-where"] || {});
    const row = (await rows(parameter["x-ids-from"])).find((r) => where.every(([field, value]) => r[field] === value));
    if (row) parameter.example = row.id;
  }));
  const [first, second = first] = spec.paths["/v1/members"]?.get ? await list("/v1/members?limit=2") : [];
  if (!first) return;
  for (const { operation, path } of operations(spec))
    for (const body of Object.values(operation.requestBody?.content || {}))
      // Where the path names a member, the body names another one.
      if (body.example) body.example = JSON.parse(JSON.stringify(body.example).replaceAll(SOME_MEMBER, path.includes("/members/{id}") ? second.id : first.id));
}

// Chinese in the place of the document's English, where zh-CN.json has it.
export function inChinese(spec, texts) {
  const tags = new Map(spec.tags.map((tag) => [tag.name, texts.tags[tag.name]]));
  for (const tag of spec.tags) Object.assign(tag, tags.get(tag.name));
  for (const { path, operation, parameters } of operations(spec)) {
    const own = texts.operations[operation.operationId];
    operation.tags = operation.tags.map((name) => tags.get(name)?.name || name);
    if (own) Object.assign(operation, { summary: own.summary, description: own.description || "" });
    for (const parameter of parameters) {
      const kind = path.slice(0, path.indexOf(`/{${parameter.name}}`)).split("/").at(-1);
      const text = own?.parameters?.[parameter.name] || texts.parameters[parameter.name] || (parameter.in === "path" && texts.ids[kind]);
      if (text) parameter.description = text;
    }
    for (const content of Object.values(operation.requestBody?.content || {})) {
      const text = texts.schemas[content.schema.$ref?.split("/").at(-1)];
      if (text) content.schema.description = text;
    }
    for (const [status, answer] of Object.entries(operation.responses)) if (texts.answers[status]) answer.description = texts.answers[status];
  }
  for (const [name, schema] of Object.entries(spec.components?.schemas || {})) {
    if (texts.schemas[name]) schema.description = texts.schemas[name];
    for (const [field, shown] of Object.entries(schema.properties || {})) {
      const text = texts.fields[`${name}.${field}`] || texts.fields[field];
      if (text) shown.description = text;
    }
  }
}

// Swagger UI's own words, wherever it writes them: what people typed, answers and texts of ours are left alone.
export function translate(root, dictionary) {
  const skip = "textarea, pre, code, .markdown, .renderedMarkdown, .next, .opblock-summary, .opblock-tag";
  const word = (node) => {
    const said = node.nodeValue.trim();
    if (Object.hasOwn(dictionary, said) && !node.parentElement?.closest(skip)) node.nodeValue = node.nodeValue.replace(said, dictionary[said]);
  };
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return word(node);
    const texts = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) word(texts.currentNode);
  };
  const observer = new MutationObserver((changes) => {
    for (const { target, addedNodes, type } of changes) type === "characterData" ? word(target) : addedNodes.forEach(walk);
  });
  observer.observe(root, { subtree: true, childList: true, characterData: true });
  return observer;
}
