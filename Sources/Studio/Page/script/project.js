// Taking it away and bringing it back: exports, and the project file.

import * as api from './api.js';
import { download, find } from './dom.js';
import { remember } from './state.js';

const fileName = name => name.split('/').pop().replace(/\.[^.]*$/, '').replace(/[^\p{L}\p{N}._-]+/gu, '-') || 'mesh';

/** The dialog that chooses the formats of an export, and the export. */
export class ExportDialog {
  constructor(studio) {
    this.studio = studio;
    this.dialog = find('#export-dialog');
    this.form = find('#export-form');
    this.form.addEventListener('change', () => this.check());
    this.form.addEventListener('submit', event => {
      event.preventDefault();
      this.export();
    });
  }

  show() {
    const { parts, mesh, photo } = this.studio.store;
    if (!parts.length) return this.studio.say('Keep a part first: then there is something to export.');
    const masks = this.form.elements.masks;
    masks.disabled = !photo || !parts.some(part => part.answer);
    find('#export-summary').textContent = `${parts.length} ${parts.length === 1 ? 'part' : 'parts'} of ${fileName(mesh.name)}, in one zip`;
    this.check();
    this.dialog.showModal();
  }

  get formats() { return [...this.form.querySelectorAll('input:checked:not(:disabled)')].map(input => input.name); }

  check() { find('#export-go').disabled = this.formats.length === 0; }

  async export() {
    const { store } = this.studio, go = find('#export-go');
    go.disabled = true;
    this.studio.busy('Writing the files …');
    try {
      const parts = distinct(store.parts).map(({ name, color, runs, answer }) => ({ name, color, runs: filled(runs, store.mesh.faces), ...(answer ? { answer } : {}) }));
      const order = { mesh: store.document.mesh, parts, formats: this.formats, ...(store.document.photo ? { photo: store.document.photo } : {}) };
      download(await this.written(order), `${fileName(store.mesh.name)}-parts.zip`);
      this.dialog.close();
      this.studio.say('Exported.');
    } catch (error) {
      this.studio.fail(error);
    } finally {
      go.disabled = false;
      this.studio.busy(null);
    }
  }

  /** The zip; without masks where the server has forgotten the answers that they belong to. */
  async written(order) {
    try {
      return await api.exportParts(order);
    } catch (error) {
      if (error.code !== 'unknown') throw error;
      this.studio.say('The answers are too old: their masks are left out.');
      return api.exportParts({ ...order, parts: order.parts.map(({ answer, ...part }) => part) });
    }
  }
}

/** The names of an export differ. */
function distinct(parts) {
  const taken = new Set();
  return parts.map(part => {
    let name = part.name;
    for (let i = 2; taken.has(name); i++) name = `${part.name} ${i}`;
    taken.add(name);
    return { ...part, name };
  });
}

/** Runs that sum to the number of faces, as the interface wants them. */
const filled = (runs, count) => {
  const rest = count - runs.reduce((sum, run) => sum + run, 0);
  if (rest === 0) return runs;
  return runs.length % 2 ? [...runs.slice(0, -1), runs.at(-1) + rest] : [...runs, rest];
};

/** Saves photos, meshes and the document as one file. */
export async function saveProject(studio) {
  const { store } = studio, { document } = store;
  const used = kind => store.files[kind].map(f => f.id).filter(id => id === document[kind === 'photos' ? 'photo' : 'mesh'] || document.parts.some(p => p.mesh === id || p.photo === id));
  const [photos, meshes] = [used('photos'), used('meshes')];
  if (!photos.length && !meshes.length) return studio.say('Nothing is open that could be saved.');
  studio.busy('Saving the project …');
  try {
    // ids are new when it is opened again, so that the saved document says which file of the list is meant
    const place = (list, id) => (list.includes(id) ? list.indexOf(id) : null);
    const state = {
      version: 1, photo: place(photos, document.photo), mesh: place(meshes, document.mesh),
      parts: document.parts.map(({ answer, ...part }) => ({ ...part, mesh: place(meshes, part.mesh), photo: place(photos, part.photo) })),
    };
    const blob = await api.saveProject({ photos, meshes, state });
    download(blob, `${fileName((store.mesh ?? store.photo ?? store.files.meshes[0]).name)}.bsb-project.zip`);
    studio.say('The project is saved.');
  } catch (error) {
    studio.fail(error);
  } finally {
    studio.busy(null);
  }
}

/** Opens a project file; the history begins anew. */
export async function loadProject(studio, file) {
  studio.busy(`Opening ${file.name} …`);
  try {
    const { photos, meshes, state } = await api.loadProject(file);
    if (state.version !== 1) throw new Error(`${file.name} was not saved by this studio.`);
    const { store } = studio, id = (files, place) => files[place]?.id ?? null;
    store.files = {
      photos: [...photos, ...store.files.photos.filter(p => !photos.some(q => q.id === p.id))],
      meshes: [...meshes, ...store.files.meshes.filter(m => !meshes.some(n => n.id === m.id))],
    };
    store.restart({
      photo: id(photos, state.photo), mesh: id(meshes, state.mesh),
      parts: state.parts.map(part => ({ ...part, mesh: id(meshes, part.mesh), photo: id(photos, part.photo) })),
    });
    studio.say(`${file.name} is open.`);
  } catch (error) {
    studio.fail(error);
  } finally {
    studio.busy(null);
  }
}

/** Keeps the tab's document over a reload, a moment after it has changed. */
export function keepOverReload(store) {
  let timer;
  const keep = () => remember(store);
  store.addEventListener('change', () => {
    clearTimeout(timer);
    timer = setTimeout(keep, 250);
  });
  window.addEventListener('pagehide', keep);
}
