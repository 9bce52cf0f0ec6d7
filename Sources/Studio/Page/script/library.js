import * as api from './api.js';
import { find, icon, make } from './dom.js';

const kinds = { photos: '#photo-pane', meshes: '#mesh-pane' };
const shortName = name => name.split('/').pop();
const endingOf = name => name.slice(name.lastIndexOf('.')).toLowerCase();

/** Opening of files, by button, by drop, and from examples; and the strips of what is open. */
export class Library {
  constructor(studio) {
    this.studio = studio;
    this.shown = {};
    for (const [kind, pane] of Object.entries(kinds)) {
      const input = find(`${pane} input[type=file]`);
      for (const button of document.querySelectorAll(`[data-open=${kind}]`)) button.addEventListener('click', () => input.click());
      input.addEventListener('change', () => {
        this.open([...input.files]);
        input.value = '';
      });
      this.takeDrops(find(pane));
    }
    studio.store.addEventListener('change', () => this.update());
  }

  /** What the server takes and has. */
  async begin() {
    const { photoEndings, meshEndings, roots } = await api.version();
    find('#browse').hidden = roots.length === 0;
    const dotted = endings => endings.map(ending => (ending.startsWith('.') ? ending : `.${ending}`).toLowerCase());
    this.endings = { photos: dotted(photoEndings), meshes: dotted(meshEndings) };
    find('#photo-pane input[type=file]').accept = this.endings.photos.join();
    find('#mesh-pane input[type=file]').accept = `${this.endings.meshes.join()},.mtl,.bin,.png,.jpg,.jpeg`;
    const [photos, meshes, examples] = await Promise.all([api.opened('photos'), api.opened('meshes'), api.examples()]);
    Object.assign(this.studio.store.files, { photos, meshes });
    find('#examples').replaceChildren(...examples.map(({ name }) => make('button', { type: 'button', class: 'chip', onclick: () => this.openExample(name) }, name)));
  }

  takeDrops(pane) {
    let depth = 0;
    const hold = event => { event.preventDefault(); event.dataTransfer.dropEffect = 'copy'; };
    pane.addEventListener('dragenter', event => { hold(event); depth++; pane.classList.add('dropping'); });
    pane.addEventListener('dragover', hold);
    pane.addEventListener('dragleave', () => { if (--depth <= 0) { depth = 0; pane.classList.remove('dropping'); } });
    pane.addEventListener('drop', event => {
      event.preventDefault();
      depth = 0;
      pane.classList.remove('dropping');
      this.open([...event.dataTransfer.files]);
    });
  }

  /** Opens files, each as what its ending says: a drop may hold a photo and a mesh with its materials. */
  async open(files) {
    const meshes = files.filter(f => this.endings.meshes.includes(endingOf(f.name)));
    const isBeside = meshes.some(f => ['.obj', '.gltf'].includes(endingOf(f.name))) && files.length > meshes.length;
    const photos = files.filter(f => this.endings.photos.includes(endingOf(f.name)) && !isBeside);
    if (!meshes.length && !photos.length && files.length) {
      const [{ name }] = files;
      return this.studio.fail(new Error(`${name} is neither a photo (${this.endings.photos.join(' ')}) nor a mesh (${this.endings.meshes.join(' ')}).`));
    }
    for (const file of photos) await this.opening(file.name, 'photos', () => api.openFile('photos', file));
    for (const file of meshes) {
      await this.opening(file.name, 'meshes', () => (isBeside ? api.openTogether('meshes', file.name, files.map(f => ({ name: f.name, file: f }))) : api.openFile('meshes', file)));
    }
  }

  async opening(name, kind, act) {
    this.studio.busy(`Opening ${name} …`);
    try {
      this.add(kind, await act());
      this.studio.say(`${name} is open.`);
    } catch (error) {
      this.studio.fail(error);
    } finally {
      this.studio.busy(null);
    }
  }

  async openExample(name) {
    this.studio.busy(`Making the example ${name} …`);
    try {
      const { photo, mesh } = await api.openExample(name, 0);
      const { files } = this.studio.store;
      files.photos = [photo, ...files.photos.filter(p => p.id !== photo.id)];
      files.meshes = [mesh, ...files.meshes.filter(m => m.id !== mesh.id)];
      this.studio.store.commit(`Open the example ${name}`, { photo: photo.id, mesh: mesh.id, question: null, record: null, active: null });
      this.studio.say(`The example ${name} is open. Click a part in the photo.`);
    } catch (error) {
      this.studio.fail(error);
    } finally {
      this.studio.busy(null);
    }
  }

  add(kind, file) {
    const { files } = this.studio.store;
    files[kind] = [file, ...files[kind].filter(f => f.id !== file.id)];
    this.choose(kind, file);
  }

  /** Shows an open file; any photo goes with any mesh. */
  choose(kind, file) {
    const key = kind === 'photos' ? 'photo' : 'mesh', { document } = this.studio.store;
    if (document[key] === file.id) return;
    this.studio.store.commit(`Show ${shortName(file.name)}`, { [key]: file.id, question: null, record: null, active: null });
  }

  update() {
    const { store } = this.studio;
    for (const [kind, pane] of Object.entries(kinds)) {
      const isPhoto = kind === 'photos', current = store.document[isPhoto ? 'photo' : 'mesh'], files = store.files[kind];
      const file = files.find(f => f.id === current);
      find(`${pane} .empty`).hidden = Boolean(file);
      find(`${pane} .file-name`).textContent = file ? shortName(file.name) : '';
      find(`${pane} .file-size`).textContent = !file ? '' : isPhoto ? `${file.width} × ${file.height}` : `${file.faces.toLocaleString('en')} faces`;
      const warnings = file?.warnings?.length ? file.warnings : null, note = find(`${pane} .file-note`);
      note.hidden = !warnings;
      note.title = warnings?.join('\n') ?? '';
      note.setAttribute('aria-label', warnings ? `Odd about the mesh: ${warnings.join(' ')}` : '');
      const key = `${current} ${files.map(f => f.id).join()}`;
      if (this.shown[kind] === key) continue;
      this.shown[kind] = key;
      find(`${pane} .strip ul`).replaceChildren(...files.map(f => this.thumbnail(kind, f, f.id === current)));
    }
  }

  thumbnail(kind, file, isCurrent) {
    const address = kind === 'photos' ? api.pictureAddress(file.id, 128) : api.portraitAddress(file.id, 128);
    return make('li', {}, make('button', {
      type: 'button', class: 'thumbnail', title: file.name, 'aria-label': `Show ${shortName(file.name)}`, 'aria-current': isCurrent ? 'true' : null, onclick: () => this.choose(kind, file),
    }, make('img', { src: address, alt: '', width: 44, height: 44, loading: 'lazy' })));
  }
}

/** A choice of files on the server's machine, in the folders that it was given. */
export class FolderList {
  constructor(studio, library) {
    Object.assign(this, { studio, library });
    this.dialog = find('#folders');
  }

  async show(path) {
    try {
      const listing = await api.folder(path), row = (name, label, act) => make('li', {}, make('button', { type: 'button', class: 'row', onclick: act }, icon(name), make('span', { class: 'grow' }, label)));
      const open = (kind, file) => () => { this.dialog.close(); this.library.opening(shortName(file), kind, () => api.openPath(kind, file)); };
      find('#folder-path').textContent = listing.folder;
      find('#folder-list').replaceChildren(
        ...(listing.parent ? [row('up', 'Up', () => this.show(listing.parent))] : []),
        ...listing.folders.map(f => row('folder', shortName(f), () => this.show(f))),
        ...listing.photos.map(f => row('photo', shortName(f), open('photos', f))),
        ...listing.meshes.map(f => row('mesh', shortName(f), open('meshes', f))));
      if (!this.dialog.open) this.dialog.showModal();
    } catch (error) {
      this.studio.fail(error);
    }
  }
}
