// What a person has made of it so far, with undo and redo without limit.
//
// The document is never changed, only replaced, so that the history is a list of documents which share what they have in common:
//   photo, mesh   ids of the open files shown, or null
//   question      { from: 'photo', level, points: [{ x, y, isWanted }], box } or { from: 'mesh', places: [{ vertex, position, isWanted }] },
//                 { from: 'whole' } (the whole object at once), { from: 'hand' } (painted without a question), or null
//   record        what is known of its answer (session.js), or null; shared by all documents with the question, and filled as it comes
//   parts         [{ id, name, color, mesh, runs, answer, photo, mask }], the kept parts of all meshes
//   active        the id of the part that the brush changes, or null: the answer

// Answers so many steps back are forgotten, and asked for again by whoever goes back to them.
const keptAnswers = 60;

const empty = { photo: null, mesh: null, question: null, record: null, parts: [], active: null };

export class Store extends EventTarget {
  constructor() {
    super();
    this.document = empty;
    this.past = [];
    this.future = [];
    this.level = 'part';
    this.files = { photos: [], meshes: [] };
    this.preparing = null;
  }

  get photo() { return this.files.photos.find(p => p.id === this.document.photo) ?? null; }
  get mesh() { return this.files.meshes.find(m => m.id === this.document.mesh) ?? null; }
  /** The kept parts of the mesh that is shown. */
  get parts() { return this.document.parts.filter(part => part.mesh === this.document.mesh); }
  get active() { return this.parts.find(part => part.id === this.document.active) ?? null; }

  /** A step that can be undone; `name` says what it was. */
  commit(name, change) {
    this.past.push({ name, document: this.document });
    this.future = [];
    this.document = { ...this.document, ...change };
    this.forget(this.past.at(-keptAnswers)?.document.record);
    this.tell();
  }

  /** Lets go of what the server can say again; what was painted by hand it cannot. */
  forget(record) {
    if (!record || record === this.document.record || record.isEdited || record.state !== 'done') return;
    record.state = 'withdrawn';
    for (const name of ['masks', 'runs', 'regions', 'document']) delete record[name];
  }

  /** Replaces one part. */
  commitPart(name, id, change) {
    this.commit(name, { parts: this.document.parts.map(part => (part.id === id ? { ...part, ...change } : part)) });
  }

  undo() { return this.step(this.past, this.future); }
  redo() { return this.step(this.future, this.past); }

  step(from, to) {
    const entry = from.pop();
    if (!entry) return null;
    to.push({ name: entry.name, document: this.document });
    this.document = entry.document;
    this.tell();
    return entry.name;
  }

  /** Begins anew with a document, as after loading a project. */
  restart(document) {
    this.document = { ...empty, ...document };
    this.past = [];
    this.future = [];
    this.tell();
  }

  /** Something has changed: everybody looks, once for all changes of a turn. */
  tell() {
    if (this.isTelling) return;
    this.isTelling = true;
    queueMicrotask(() => {
      this.isTelling = false;
      this.dispatchEvent(new Event('change'));
    });
  }
}

const key = 'bsb-studio';

/** Keeps the document over a reload of the tab; `false` where the browser has no room for it. */
export function remember({ document, level }) {
  const { record } = document;
  const kept = { ...document, record: record && { ...record, asked: undefined, state: record.state === 'asking' ? 'withdrawn' : record.state } };
  try {
    sessionStorage.setItem(key, JSON.stringify({ document: kept, level }));
    return true;
  } catch {
    sessionStorage.removeItem(key);
    return false;
  }
}

export function remembered() {
  try { return JSON.parse(sessionStorage.getItem(key)); } catch { return null; }
}
