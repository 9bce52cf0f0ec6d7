import * as api from './api.js';
import { AnswerPanel } from './answer-panel.js';
import { nextColour } from './colours.js';
import { find } from './dom.js';
import { listenToKeys } from './keyboard.js';
import { FolderList, Library } from './library.js';
import { MeshPane } from './mesh-pane.js';
import { Notices } from './notices.js';
import { PartList } from './parts.js';
import { PhotoPane } from './photo-pane.js';
import { Places } from './places.js';
import { ExportDialog, keepOverReload, loadProject, saveProject } from './project.js';
import { Session } from './session.js';
import { remembered, Store } from './state.js';
import { Theme } from './theme.js';

const tools = ['point', 'add', 'remove', 'box', 'paint', 'erase'];

/** The studio: what its panes and panels share, and all that buttons and keys do. */
export class Studio {
  constructor() {
    this.store = new Store();
    this.store.addEventListener('change', () => this.update());
    this.tool = 'point';
    this.isHeatShown = false;
    this.notices = new Notices();
    this.places = new Places(this);
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
    on('#turn-up', () => this.turnUp());
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
    this.places.follow(this.record);
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

  // Looking closer

  toggleHeat() {
    this.isHeatShown = !this.isHeatShown;
    this.store.tell();
  }

  toggleWires() {
    const { viewer } = this.meshPane, isShown = viewer.style.wires === 0;
    find('#wires').setAttribute('aria-pressed', isShown);
    viewer.restyle({ wires: isShown ? 1 : 0 });
  }

  /** Another side of the mesh up: files differ in that. */
  turnUp() {
    const { viewer } = this.meshPane;
    viewer.hold();
    viewer.camera.turnUp();
    viewer.moved();
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
