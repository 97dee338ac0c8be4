import {copy, h, one, text} from './dom.js';
import {count} from './format.js';
import {headers} from './api.js';
import {askToken} from './dialogs.js';

const LOAD_WITHIN = 10_000;
const ANSWER_WITHIN = 20_000;
/** Of an answer, what is shown at most. */
const MOST_SHOWN = 60_000;
const METHODS = ['get', 'post', 'put', 'delete'];

let all = [];

/* The document. */

async function load() {
  document.body.dataset.state = 'loading';
  one('#trouble').hidden = true;
  let document_;
  try {
    const response = await fetch('/openapi.json', {headers: headers(), signal: AbortSignal.timeout(LOAD_WITHIN)});
    if (!response.ok) {
      const said = await response.json().catch(() => null);
      trouble('The description is not given out', said?.message ?? `This node answered ${response.status}.`, response.status);
      return;
    }
    document_ = await response.json();
  } catch {
    trouble('This node does not answer', 'It may be starting or gone. Other nodes of the cluster have the same page.', 0);
    return;
  }
  show(document_);
}

function trouble(title, words, status) {
  document.body.dataset.state = 'trouble';
  text(one('#trouble-title'), title);
  text(one('#trouble-text'), words);
  one('#trouble-token').hidden = status !== 401 && status !== 403;
  one('#trouble').hidden = false;
}

function show(api) {
  all = [];
  for (const [path, item] of Object.entries(api.paths)) {
    for (const method of METHODS) if (item[method]) all.push({path, method, call: item[method]});
  }
  text(one('#about'), api.info.description);
  text(one('#version'), `Headwater ${api.info.version}`);
  const tags = api.tags.filter((tag) => all.some((one) => one.call.tags.includes(tag.name)));
  one('#calls').replaceChildren(...tags.map((tag) => section(tag, all.filter((one) => one.call.tags.includes(tag.name)))));
  one('#tags').replaceChildren(...tags.map((tag) => h('a', {href: `#${slug(tag.name)}`}, tag.name)));
  document.body.dataset.state = 'shown';
  search();
  jump();
}

const slug = (name) => name.toLowerCase().replace(/[^a-z0-9]+/g, '-');

function section(tag, calls) {
  const id = slug(tag.name);
  return h('section.tag-group', {'aria-labelledby': id},
    h('h2', {id, tabindex: '-1'}, tag.name), h('p.hint', {}, tag.description), calls.map(entry));
}

function entry(each) {
  const {path, method, call} = each;
  const details = h('details.call.panel', {id: call.operationId, 'data-method': method, 'data-path': path},
    h('summary', {},
      h('b.method', {}, method.toUpperCase()),
      h('code', {}, pieces(path)),
      call.security ? h('span.tag', {title: 'From the server’s own machine, or with an administrator’s token'}, 'token') : null,
      h('span.says', {}, call.summary)));
  each.element = details;
  each.words = `${method} ${path} ${call.summary} ${(call.parameters ?? []).map((one) => `${one.name} ${one.description ?? ''}`).join(' ')}`.toLowerCase();
  // what is inside is made when it is looked at
  details.addEventListener('toggle', () => {
    if (details.open && !each.made) {
      each.made = true;
      details.append(inside(each));
    }
  });
  return details;
}

/** The path with its parameters marked, and places to break it. */
function pieces(path) {
  return path.split(/(\{[^}]*\}|\/)/).filter(Boolean)
    .flatMap((piece) => (piece === '/' ? ['/', h('wbr')] : [piece.startsWith('{') ? h('i', {}, piece) : piece]));
}

/* One call. */

const soon = () => String(Math.floor(Date.now() / 1000) + 3600);
const valueOf = ({name, required, example}) => (name === 'expireDate' ? soon() : required ? String(example ?? '') : '');
const contentOf = (holder) => Object.entries(holder?.content ?? {})[0] ?? ['', {}];
const pretty = (example) => (typeof example === 'string' ? example : JSON.stringify(example, null, 2));

function inside({path, method, call}) {
  const fields = (call.parameters ?? []).map((parameter) => ({parameter, input: field(parameter)}));
  const [, body] = contentOf(call.requestBody);
  const wanted = body.example === undefined ? null
    : h('textarea', {rows: Math.min(14, pretty(body.example).split('\n').length), spellcheck: 'false', 'aria-label': 'Body'});
  if (wanted) wanted.value = pretty(body.example);
  const [type, answer] = contentOf(call.responses['200']);
  const command = h('code', {tabindex: '0'});
  const copyButton = h('button.copy', {type: 'button', onclick: () => copy(copyButton, command.textContent)}, 'Copy');
  const write = () => text(command, curl(method, address(path, fields), wanted?.value, type));
  for (const input of [...fields.map((one) => one.input), wanted]) input?.addEventListener('input', write);
  write();
  const form = h('form.inside', {},
    fields.length ? part('Parameters', h('div.fields', {}, fields.map(({parameter, input}) => h('label', {},
      h('span', {}, h('b', {}, parameter.name), h('small', {}, parameter.in === 'path' ? 'path' : parameter.required ? 'query, needed' : 'query')),
      input,
      parameter.description ? h('span.hint', {}, parameter.description) : null)))) : null,
    wanted ? part('Body', wanted) : null,
    part('In a shell', h('div.code', {}, command, copyButton)));
  form.addEventListener('submit', (event) => event.preventDefault());
  if (method === 'get' && type !== 'text/event-stream') tryIt(form, path, fields);
  if (answer.example !== undefined) form.append(part('An answer', h('pre.example', {tabindex: '0'}, pretty(answer.example))));
  return form;
}

function part(title, ...content) {
  return h('section', {}, h('h3', {}, title), ...content);
}

function field({name, schema, ...parameter}) {
  if (schema.enum) {
    const select = h('select', {name}, parameter.required ? null : h('option', {value: ''}, ''), schema.enum.map((value) => h('option', {value}, value)));
    select.value = valueOf({name, ...parameter});
    return select;
  }
  const input = h('input.mono', {name, required: parameter.required, autocomplete: 'off', spellcheck: 'false', inputmode: schema.type === 'integer' ? 'numeric' : null, placeholder: parameter.example});
  input.value = valueOf({name, ...parameter});
  return input;
}

function address(path, fields) {
  let filled = path;
  const query = new URLSearchParams();
  for (const {parameter, input} of fields) {
    if (parameter.in === 'path') filled = filled.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
    else if (input.value !== '') query.append(parameter.name, input.value);
  }
  return `${filled}${query.size ? `?${query}` : ''}`;
}

const quoted = (value) => `'${value.replaceAll("'", "'\\''")}'`;

function curl(method, where, body, type) {
  const parts = [type === 'text/event-stream' ? 'curl -sN' : 'curl -s'];
  if (method !== 'get' && !(method === 'post' && body !== undefined)) parts.push(`-X ${method.toUpperCase()}`);
  if (body !== undefined) parts.push("-H 'Content-Type: application/json'", `-d ${quoted(compact(body))}`);
  parts.push(quoted(location.origin + where));
  return parts.join(' ');
}

function compact(body) {
  try { return JSON.stringify(JSON.parse(body)); } catch { return body; }
}

/* Trying it: calls that read. */

function tryIt(form, path, fields) {
  const button = h('button.primary', {type: 'submit'}, 'Try it');
  const status = h('span.status', {role: 'status'});
  const answer = h('pre.answer', {hidden: true, tabindex: '0'});
  form.append(part('Here and now', h('p.row', {}, button, status), answer));
  form.addEventListener('submit', async () => {
    if (!form.reportValidity()) return;
    button.disabled = true;
    text(status, 'Asking');
    const began = performance.now();
    try {
      const response = await fetch(address(path, fields), {headers: headers(), cache: 'no-store', signal: AbortSignal.timeout(ANSWER_WITHIN)});
      const said = await response.text();
      status.dataset.tone = response.ok ? 'good' : 'bad';
      text(status, `${response.status} in ${Math.round(performance.now() - began)} ms`);
      answer.textContent = shown(said) || 'No body.';
    } catch {
      status.dataset.tone = 'bad';
      text(status, 'No answer');
      answer.textContent = 'The node does not answer.';
    }
    answer.hidden = false;
    button.disabled = false;
  });
}

function shown(said) {
  let whole = said;
  try { whole = JSON.stringify(JSON.parse(said), null, 2); } catch { /* no JSON: as it came */ }
  return whole.length <= MOST_SHOWN ? whole : `${whole.slice(0, MOST_SHOWN)}\n… ${count(whole.length - MOST_SHOWN)} characters more`;
}

/* Finding. */

const box = one('#search');

function search() {
  const words = box.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const each of all) {
    const fits = words.every((word) => each.words.includes(word));
    each.element.hidden = !fits;
    found += fits ? 1 : 0;
  }
  document.querySelectorAll('.tag-group').forEach((group) => { group.hidden = !group.querySelector('.call:not([hidden])'); });
  text(one('#found'), words.length ? `${found} of ${all.length} calls` : `${all.length} calls`);
  const nothing = one('#nothing');
  nothing.hidden = found > 0;
  if (!nothing.hidden) text(nothing, all.length ? `No call matches “${box.value.trim()}”.` : 'This node describes no call.');
}
box.addEventListener('input', search);
addEventListener('keydown', (event) => {
  if (event.key === '/' && !event.ctrlKey && !event.metaKey && !event.target.closest('input, select, textarea, dialog')) {
    event.preventDefault();
    box.focus();
  } else if (event.key === 'Escape' && event.target === box && box.value) {
    box.value = '';
    search();
  }
});

/** To the call or the kind that the address names. */
function jump() {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  if (!target) return;
  if (target.matches('details')) target.open = true;
  target.scrollIntoView();
}
addEventListener('hashchange', jump);

one('#again').addEventListener('click', load);
one('#token-button').addEventListener('click', () => askToken(() => document.body.dataset.state === 'shown' || load()));
one('#trouble-token').addEventListener('click', () => askToken(load));
load();
