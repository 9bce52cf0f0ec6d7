import { find, make } from './dom.js';

/** All keys; the help lists them as they are here. */
const keys = studio => [
  ['Tools', [
    ['V', 'Point: what is here?', () => studio.take('point')],
    ['P', 'Add to the part', () => studio.take('add')],
    ['N', 'Take away from the part', () => studio.take('remove')],
    ['B', 'Box in the photo', () => studio.take('box')],
    ['D', 'Paint faces', () => studio.take('paint')],
    ['E', 'Erase faces', () => studio.take('erase')],
    ['[', 'Smaller brush', () => studio.meshPane.brush.resize(studio.meshPane.brush.radius / 1.25)],
    [']', 'Larger brush', () => studio.meshPane.brush.resize(studio.meshPane.brush.radius * 1.25)],
  ]],
  ['What a click means', [
    ['1', 'The part', () => studio.setLevel('part')],
    ['2', 'More: the middle mask', () => studio.setLevel('middle')],
    ['3', 'The whole object', () => studio.setLevel('object')],
  ]],
  ['Answer', [
    ['K', 'Keep as a part', () => studio.partList.keep()],
    ['A', 'Other places', () => studio.places.toggle()],
    ['H', 'Heat map', () => studio.toggleHeat()],
    ['M', 'Map the whole object', () => studio.mapAll()],
    ['Escape', 'Let go of the answer', () => studio.reset()],
  ]],
  ['View', [
    ['F', 'Fit photo and mesh', () => studio.fit()],
    ['U', 'Another side up', () => studio.turnUp()],
    ['W', 'Wires', () => studio.toggleWires()],
    ['C', 'Colours of the file, or clay', () => studio.togglePaint()],
    ['+', 'Closer', () => studio.zoom(1.2)],
    ['−', 'Farther', () => studio.zoom(1 / 1.2)],
    ['L', 'Light or dark', () => studio.theme.toggle()],
  ]],
  ['Files', [
    ['Ctrl Z', 'Undo', () => studio.undo()],
    ['Ctrl Shift Z', 'Redo', () => studio.redo()],
    ['Ctrl S', 'Save the project', () => studio.save()],
    ['Ctrl E', 'Export', () => studio.exportDialog.show()],
    ['?', 'This help', () => studio.toggleHelp()],
  ]],
  ['With the photo or the mesh in focus', [
    ['Arrows', 'Move the cross; turn the mesh'],
    ['Shift Arrows', 'Move the cross by little; move the mesh'],
    ['Enter', 'Click there; click the middle of the mesh'],
  ]],
  ['With the pointer', [
    ['Shift click', 'Add to the part'],
    ['Right click', 'Take away from the part'],
    ['Drag', 'Move the photo; turn the mesh'],
    ['Shift drag', 'Move the mesh'],
    ['Wheel', 'Closer and farther'],
  ]],
];

const nameOf = event => {
  const key = event.key === '-' ? '−' : event.key === '=' ? '+' : event.key.length === 1 ? event.key.toUpperCase() : event.key;
  return event.ctrlKey || event.metaKey ? `Ctrl ${event.shiftKey ? 'Shift ' : ''}${key}` : key;
};

/** Listens to keys for the whole page, and fills the help. */
export function listenToKeys(studio) {
  const groups = keys(studio), acts = new Map(groups.flatMap(([, list]) => list).filter(([, , act]) => act).map(([key, , act]) => [key, act]));
  acts.set('Ctrl Y', () => studio.redo());
  document.addEventListener('keydown', event => {
    const { target } = event;
    if (document.querySelector('dialog[open]') && event.key !== '?') return;
    const isText = target.matches('input[type=text], textarea'), isControl = target.matches('button, input, select, summary, a');
    if (isText && !(event.ctrlKey || event.metaKey)) return;
    if (isText && event.key.toLowerCase() === 'z') return;
    const pane = { photo: studio.photoPane, mesh: studio.meshPane }[target.id];
    if (pane && !event.ctrlKey && !event.metaKey && !event.altKey && pane.key(event)) return event.preventDefault();
    if (isControl && [' ', 'Enter'].includes(event.key)) return;
    const act = event.altKey ? null : acts.get(nameOf(event));
    if (!act) return;
    event.preventDefault();
    act();
  });
  find('#help-keys').replaceChildren(...groups.map(([title, list]) => make('section', {}, make('h3', {}, title), make('dl', {}, ...list.flatMap(([key, what]) => [
    make('dt', {}, ...key.split(' ').map(k => make('kbd', {}, k))), make('dd', {}, what),
  ])))));
}
