import * as api from './api.js';
import { AnswerPanel } from './answer-panel.js';
import { nextColour } from './colours.js';
import { find } from './dom.js';
import { listOf, unionOf } from './faces.js';
import { listenToKeys } from './keyboard.js';
import { FolderList, Library } from './library.js';
import { MeshPane } from './mesh-pane.js';
import { Notices } from './notices.js';
import { PartList } from './parts.js';
import { PhotoPane } from './photo-pane.js';
import { ExportDialog, keepOverReload, loadProject, saveProject } from './project.js';
import { Session } from './session.js';
import { remembered, Store } from './state.js';
import { Theme } from './theme.js';

const tools = ['point', 'add', 'remove', 'box', 'paint', 'erase'];

/** The studio: what its panes and panels share, and all that buttons and keys do. */
export class Studio {
  constructor() {
    this.store = new Store();
    this.tool = 'point';
    this.isHeatShown = false;
    this.notices = new Notices();
    this.session = new Session(this.store, error => this.fail(error));
    this.photoPane = new PhotoPane(this);
    this.meshPane = new MeshPane(this);
    this.theme = new Theme(isDark => this.meshPane.viewer.restyle({ darkness: isDark ? 1 : 0 }));
    this.library = new Library(this);
    this.folders = new FolderList(this, this.library);
    this.answerPanel = new AnswerPanel(this);
    this.partList = new PartList(this);
    this.exportDialog = new ExportDialog(this);
    this.connect();
    listenToKeys(this);
    this.store.addEventListener('change', () => this.update());
  }

  async begin() {
    try {
      await this.library.begin();
      await this.restore();
    } catch (error) {
      this.fail(error);
    }
    this.store.tell();
    keepOverReload(this.store);
    document.documentElement.dataset.ready = 'true';
  }

  /** What this tab had, as far as its files are still open; else what was opened last. */
  async restore() {
    const { files } = this.store, kept = remembered(), has = (kind, id) => files[kind].some(f => f.id === id);
    if (kept && (has('photos', kept.document.photo) || has('meshes', kept.document.mesh))) {
      const { document } = kept;
      const photo = has('photos', document.photo) ? document.photo : null, mesh = has('meshes', document.mesh) ? document.mesh : null;
      const isWhole = photo === document.photo && mesh === document.mesh;
      this.store.level = kept.level;
      this.store.restart({
        ...document, photo, mesh, parts: document.parts.filter(part => has('meshes', part.mesh)),
        question: isWhole ? document.question : null, record: isWhole ? document.record : null,
      });
      this.session.resume();
    } else this.store.restart({ photo: files.photos[0]?.id ?? null, mesh: files.meshes[0]?.id ?? null });
  }

  connect() {
    for (const tool of tools) find(`#tool-${tool}`).addEventListener('click', () => this.take(tool));
    for (const input of document.querySelectorAll('input[name=level]')) input.addEventListener('change', () => this.setLevel(input.value));
    const on = (id, act) => find(id).addEventListener('click', act);
    on('#undo', () => this.undo());
    on('#redo', () => this.redo());
    on('#reset', () => this.reset());
    on('#map', () => this.mapAll());
    on('#fit-photo', () => this.photoPane.view.fit());
    on('#fit-mesh', () => this.meshPane.viewer.fit());
    on('#wires', () => this.toggleWires());
    on('#paint', () => this.togglePaint());
    on('#save', () => this.save());
    on('#export', () => this.exportDialog.show());
    on('#help', () => this.toggleHelp());
    on('#browse', () => this.folders.show());
    const project = find('#project-file');
    on('#load', () => project.click());
    project.addEventListener('change', () => {
      if (project.files[0]) loadProject(this, project.files[0]);
      project.value = '';
    });
    for (const button of document.querySelectorAll('dialog [data-close]')) button.addEventListener('click', () => button.closest('dialog').close());
  }

  // What is shown

  get record() { return this.store.document.record; }
  /** The colour of the answer that is shown: the one it will have when it is kept. */
  get answerColour() { return this.store.active?.color ?? nextColour(this.store.parts); }

  /** The regions of a map with their colours. */
  get regions() {
    const { record } = this;
    if (!record?.regions) return [];
    if (this.colouredFor !== record.regions) {
      const taken = [...this.store.parts];
      this.colouredFor = record.regions;
      this.coloured = record.regions.map(region => {
        const coloured = { ...region, color: nextColour(taken) };
        taken.push(coloured);
        return coloured;
      });
    }
    return this.coloured;
  }

  update() {
    const { store } = this, { past, future, document: { question } } = store;
    this.session.resume();
    if (this.placesOf !== this.record) {
      this.places = null;
      this.lighted = null;
      this.placesOf = this.record;
    }
    const name = (button, word, step) => {
      find(button).disabled = !step;
      find(button).title = find(button).ariaLabel = step ? `${word}: ${step.name}` : word;
    };
    name('#undo', 'Undo', past.at(-1));
    name('#redo', 'Redo', future.at(-1));
    find('#reset').disabled = !question && !store.active;
    find('#save').disabled = !store.photo && !store.mesh;
    for (const input of document.querySelectorAll('input[name=level]')) input.checked = input.value === store.level;
    const { mesh } = store;
    find('#paint').hidden = !mesh?.hasColors && !mesh?.materials.length;
    this.prepare();
    const { preparing } = store, isShown = preparing && preparing.mesh === store.document.mesh;
    this.notices.progress(this.isLoading ? { text: 'Getting the mesh …' } : isShown ? preparing : null);
  }

  /** Lets the models look at a mesh as soon as it is shown; clicks need not wait for it. */
  async prepare() {
    const { store } = this, { mesh } = store;
    if (!mesh || mesh.isPrepared || this.prepared?.has(mesh.id)) return;
    (this.prepared ??= new Set()).add(mesh.id);
    const tell = (name, data) => {
      if (name !== 'progress') return;
      store.preparing = { mesh: mesh.id, text: `${data.stage}: you can click already`, done: data.done, total: data.total };
      store.tell();
    };
    store.preparing = { mesh: mesh.id, text: 'Looking at the mesh from all sides: you can click already' };
    try {
      await api.ask('prepare', { mesh: mesh.id }, tell);
      this.say('The mesh is prepared: clicks are quick now.');
    } catch (error) {
      this.fail(error);
    }
    store.preparing = null;
    store.files.meshes = store.files.meshes.map(m => (m.id === mesh.id ? { ...m, isPrepared: true } : m));
    store.tell();
  }

  // Steps

  undo() { this.told('Undone', this.store.undo()); }
  redo() { this.told('Redone', this.store.redo()); }
  told(word, name) { this.say(name ? `${word}: ${name}` : `Nothing to be ${word.toLowerCase()}.`); }

  reset() {
    const { question, active } = this.store.document;
    this.take('point');
    if (question || active) this.store.commit('Let go of the answer', { question: null, record: null, active: null });
  }

  take(tool) {
    this.tool = tool;
    for (const name of tools) find(`#tool-${name}`).setAttribute('aria-pressed', name === tool);
    document.documentElement.dataset.tool = tool;
    find('#brush').hidden = tool !== 'paint' && tool !== 'erase';
    this.meshPane.brush.hover(null);
  }

  /** How much a click means; the last one is asked again. */
  setLevel(level) {
    const { store } = this, { question } = store.document;
    if (store.level === level) return;
    store.level = level;
    if (question?.from === 'photo') {
      this.clicked();
      this.session.ask({ part: 'Mean the part', middle: 'Mean more', object: 'Mean the whole object' }[level], { ...question, level });
    } else store.tell();
  }

  mapAll() {
    if (!this.store.photo || !this.store.mesh) return this.say('A map needs a photo and a mesh.');
    this.session.ask('Map the whole object', { from: 'whole' });
  }

  // Parts

  keep() {
    const { record, store } = this, kept = this.regions.length ? this.regions : record?.runs?.length > 1 && !store.active ? [record] : [];
    if (!kept.length) return this.say('There is no answer to keep.');
    const { document } = store, parts = [...document.parts];
    for (const { runs, color, mask } of kept) {
      const id = 1 + Math.max(0, ...parts.map(part => part.id));
      parts.push({
        id, name: this.freeName(parts), color: color ?? nextColour(parts.filter(p => p.mesh === document.mesh)), mesh: document.mesh, runs,
        answer: record.kind === 'match' || record.kind === 'segment' ? record.id : undefined, photo: document.photo, mask: mask ?? record.masks?.part ?? null,
      });
    }
    this.named = kept.length === 1 ? parts.at(-1).id : null;
    store.commit(kept.length === 1 ? 'Keep the part' : 'Keep the parts', { parts, question: null, record: null, active: null });
    this.say(kept.length === 1 ? `Kept as ${parts.at(-1).name}. Type a name.` : `${kept.length} parts are kept.`);
  }

  freeName(parts) {
    for (let i = 1; ; i++) if (!parts.some(part => part.name === `Part ${i}`)) return `Part ${i}`;
  }

  rename(id, name) {
    const trimmed = name.trim(), part = this.store.parts.find(p => p.id === id);
    if (trimmed && trimmed !== part.name) this.store.commitPart(`Name ${trimmed}`, id, { name: trimmed });
  }

  edit(id) {
    this.store.commit(id === null ? 'End editing' : 'Edit a part', { active: id, question: null, record: null });
    this.take(id === null ? 'point' : 'paint');
  }

  mergeParts(ids) {
    const { store } = this, merged = store.parts.filter(part => ids.includes(part.id)), [first] = merged;
    if (merged.length < 2) return;
    const runs = unionOf(merged.map(part => part.runs), store.mesh.faces);
    const rest = store.document.parts.filter(part => !ids.includes(part.id) || part === first);
    store.commit('Merge parts', { parts: rest.map(part => (part === first ? { ...first, runs } : part)), active: null });
    this.say(`${merged.length} parts are one: ${first.name}.`);
  }

  deletePart(id) {
    const { store } = this, part = store.parts.find(p => p.id === id);
    store.commit(`Delete ${part.name}`, { parts: store.document.parts.filter(p => p !== part), active: store.document.active === id ? null : store.document.active });
    this.say(`${part.name} is deleted.`);
  }

  // Looking closer

  async toggleAlternatives() {
    const { record } = this;
    if (this.places || record?.kind !== 'match' || record.state !== 'done' || !record.document?.found) {
      this.places = null;
      this.light(null);
      return this.store.tell();
    }
    this.busy('Looking for other places …');
    try {
      const places = await this.session.alternatives(record);
      if (this.record === record) this.places = places;
      this.say(places.length === 1 ? 'There is no other place.' : `${places.length} places are listed.`);
    } catch (error) {
      if (error.code !== 'withdrawn') this.fail(error);
    }
    this.busy(null);
    this.store.tell();
  }

  /** Lights a place or a part on the mesh while it is pointed at in a list; null for the answer itself. */
  async light(place) {
    this.pointedAt = place;
    if (place && !place.runs) {
      try { await this.session.facesOf(place); } catch (error) { return this.fail(error); }
      if (this.pointedAt !== place) return;
    }
    this.preview(place?.runs, place ?? {});
  }

  /** Shows faces instead of the answer for the moment. */
  preview(runs, { color, vertex } = {}) {
    this.lighted = runs ? { runs, color, vertex } : null;
    this.store.tell();
  }

  /** Takes another place as the answer. */
  async choosePlace(place) {
    const { record } = this, runs = await this.session.facesOf(place);
    this.lighted = null;
    const { places } = this;
    this.store.commit('Another place', { record: { ...record, runs, vertex: place.vertex, pixel: place.pixel, isEdited: true } });
    this.placesOf = this.record;
    this.places = places;
    this.meshPane.viewer.turnToFaces(listOf(runs));
  }

  toggleHeat() {
    this.isHeatShown = !this.isHeatShown;
    this.store.tell();
  }

  toggleWires() {
    const { viewer } = this.meshPane, isShown = viewer.style.wires === 0;
    find('#wires').setAttribute('aria-pressed', isShown);
    viewer.restyle({ wires: isShown ? 1 : 0 });
  }

  /** The file's own colours and pictures, or clay. */
  togglePaint() {
    const { viewer } = this.meshPane, isShown = viewer.style.paintedShown === 0;
    find('#paint').setAttribute('aria-pressed', isShown);
    viewer.restyle({ paintedShown: isShown ? 1 : 0 });
  }

  fit() {
    this.photoPane.view.fit();
    this.meshPane.viewer.fit();
  }

  zoom(factor) {
    if (document.activeElement === this.photoPane.canvas) this.photoPane.view.zoomBy(factor);
    else this.meshPane.zoom(factor);
  }

  save() { return saveProject(this); }

  toggleHelp() {
    const dialog = find('#help-dialog');
    if (dialog.open) dialog.close(); else dialog.showModal();
  }

  // Telling

  point(id) { this.partList.point(id ?? null); }
  say(text, isQuiet = false) { this.notices.say(text, isQuiet); }
  fail(error) { this.notices.fail(error); }
  busy(text) { this.notices.busy(text); }

  /** A click begins: what is measured from here. */
  clicked() {
    for (const name of ['ring', 'lit']) performance.clearMeasures(name);
  }

  /** Something of an answer is drawn in the next frame. */
  arrived(name, record) {
    if (!record.asked) return;
    requestAnimationFrame(() => {
      performance.measure(name, { start: record.asked });
      if (name === 'lit' && record.took === undefined) {
        record.took = performance.now() - record.asked;
        this.store.tell();
      }
    });
  }
}
