// Everything that is asked of the server: docs/api.md, docs/openapi.json.

import { readNumPy, readTensors } from './formats.js';

/** What the server said no with: `code` as the interface has it. */
export class Refusal extends Error {
  constructor({ code, message, hint }) {
    super(message);
    Object.assign(this, { code, hint });
  }
}

async function request(method, path, body, type) {
  const headers = body === undefined ? {} : { 'Content-Type': type ?? 'application/json' };
  let response;
  try {
    response = await fetch(path, { method, headers, body: body === undefined || type ? body : JSON.stringify(body) });
  } catch {
    throw new Refusal({ code: 'gone', message: 'The studio does not answer: is the program still running?' });
  }
  if (response.ok) return response;
  const { error } = await response.json().catch(() => ({}));
  throw new Refusal(error ?? { code: 'internal', message: `The studio answered with ${response.status}.` });
}

const json = async (...parts) => (await request(...parts)).json();
const bytes = async (...parts) => (await request(...parts)).arrayBuffer();
const query = values => new URLSearchParams(values).toString();

export const version = () => json('GET', '/api/version');
export const examples = () => json('GET', '/api/examples');
export const openExample = (name, seed) => json('POST', `/api/examples/${encodeURIComponent(name)}?${query({ seed })}`);
export const folder = path => json('GET', `/api/files${path ? `?${query({ folder: path })}` : ''}`);

/** Open files of a kind, `photos` or `meshes`. */
export const opened = kind => json('GET', `/api/${kind}`);
export const close = (kind, id) => request('DELETE', `/api/${kind}/${id}`);
export const openPath = (kind, path) => json('POST', `/api/${kind}`, { path });
export const openFile = (kind, file) => json('POST', `/api/${kind}?${query({ name: file.name })}`, file, 'application/octet-stream');

/** Opens a file that refers to others beside it, such as an OBJ with its materials. */
export async function openTogether(kind, main, files) {
  const { id } = await json('POST', '/api/uploads');
  for (const { name, file } of files) await request('PUT', `/api/uploads/${id}?${query({ name })}`, file, 'application/octet-stream');
  return json('POST', `/api/${kind}`, { upload: id, name: main });
}

export const pictureAddress = (photo, side) => `/api/photos/${photo}/picture${side ? `?${query({ side })}` : ''}`;
export const portraitAddress = (mesh, side) => `/api/meshes/${mesh}/portrait?${query({ side })}`;
export const materialAddress = (mesh, material) => `/api/meshes/${mesh}/pictures/${material}`;
export const geometry = async mesh => readTensors(await bytes('GET', `/api/meshes/${mesh}/geometry`));

export const beginConversation = async () => (await json('POST', '/api/conversations')).id;
export const masks = (photo, click, turn) => json('POST', `/api/photos/${photo}/masks?${query(turn)}`, click);

export const answer = id => json('GET', `/api/answers/${id}`);
export const forget = id => request('DELETE', `/api/answers/${id}`);
export const answerArray = async (id, name) => readNumPy(await bytes('GET', `/api/answers/${id}/files/${name}`));
export const answerPicture = async (id, name) => (await request('GET', `/api/answers/${id}/files/${name}`)).blob();

export const exportParts = async order => (await request('POST', '/api/exports', order)).blob();
export const saveProject = async project => (await request('POST', '/api/projects/save', project)).blob();
export const loadProject = file => json('POST', '/api/projects/load', file, 'application/octet-stream');

/**
 * Asks a question of a kind (match, segment, locate, map, alternatives, prepare) and listens to what becomes known.
 *
 * `tell` is called with the name and data of `progress`, `masks` and `buddy`; the promise ends with { id, document }, or is refused with
 * a `Refusal`, whose code is `withdrawn` where a newer question took its place.
 */
export async function ask(kind, question, tell = () => {}) {
  const { id } = await json('POST', `/api/${kind}`, question);
  tell('asked', id);
  return new Promise((resolve, reject) => {
    const source = new EventSource(`/api/answers/${id}/events`);
    const on = (name, act, isLast) => source.addEventListener(name, event => {
      if (isLast) source.close();
      act(JSON.parse(event.data || '{}'));
    });
    for (const name of ['progress', 'masks', 'buddy']) on(name, data => tell(name, data), false);
    on('answer', document => resolve({ id, document }), true);
    on('failed', error => reject(new Refusal(error)), true);
    on('withdrawn', () => reject(new Refusal({ code: 'withdrawn', message: 'A newer question took its place.' })), true);
    // the browser tries again by itself while the connection can be had again
    source.addEventListener('error', () => {
      if (source.readyState === EventSource.CLOSED) reject(new Refusal({ code: 'gone', message: 'The studio does not answer: is the program still running?' }));
    });
  });
}
