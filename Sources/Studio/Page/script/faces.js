// Sets of a mesh's faces, kept as lengths of runs outside and inside in turn (the first outside), as the interface takes them:
// a few kilobytes a set, so that the history may be as long as it likes.

/** The runs of the faces whose byte is not 0. */
export function runsOf(bytes) {
  const runs = [];
  let isInside = false, begun = 0;
  for (let face = 0; face <= bytes.length; face++) {
    if (face < bytes.length && (bytes[face] !== 0) === isInside) continue;
    if (face === bytes.length && begun === face) break;
    runs.push(face - begun);
    begun = face;
    isInside = !isInside;
  }
  return runs;
}

/** One byte for each face, 1 inside. */
export function bytesOf(runs, count) {
  const bytes = new Uint8Array(count);
  eachRun(runs, (from, to) => bytes.fill(1, from, to));
  return bytes;
}

export function eachRun(runs, visit) {
  let at = 0;
  runs.forEach((run, i) => {
    if (i % 2 && run) visit(at, at + run);
    at += run;
  });
}

export function listOf(runs) {
  const faces = [];
  eachRun(runs, (from, to) => { for (let face = from; face < to; face++) faces.push(face); });
  return faces;
}

export const countOf = runs => runs.reduce((sum, run, i) => sum + (i % 2 ? run : 0), 0);

export function hasFace(runs, face) {
  let at = 0;
  for (let i = 0; i < runs.length; i++) {
    at += runs[i];
    if (face < at) return i % 2 === 1;
  }
  return false;
}

/** The faces of any of several sets. */
export function unionOf(sets, count) {
  const bytes = new Uint8Array(count);
  for (const runs of sets) eachRun(runs, (from, to) => bytes.fill(1, from, to));
  return runsOf(bytes);
}
