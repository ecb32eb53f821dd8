// npm run cycles [-- FOLDER]: files, and rooms, that import each other in a circle, through types as well. Ends with 1
// where there is one. FOLDER is the checkout that is looked at, by default this one.
//
// A room is a folder directly below one of `houses`, with all that is in it. The files that lie in a house beside its
// rooms put rooms together (extension/services.ts) or serve them all (webview/format.ts): circles through them are
// looked for among files only.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** The innermost house that a file is in decides. */
const houses = ['src/train', 'src', 'extension', 'webview'];
const roots = houses.filter((house) => !house.includes('/'));

/** Each source file, by its path in the checkout, with those of ours that it imports or passes on. */
function fileGraph(checkout) {
  const graph = new Map();
  for (const house of roots.filter((name) => existsSync(join(checkout, name)))) {
    for (const name of readdirSync(join(checkout, house), { recursive: true })) {
      if (!name.endsWith('.ts') || name.endsWith('.d.ts')) continue;
      const path = join(checkout, house, name);
      graph.set(inside(checkout, path), new Set(importsOf(path).map((target) => inside(checkout, target))));
    }
  }
  return graph;
}

const inside = (checkout, path) => relative(checkout, path).replaceAll('\\', '/');

/** Paths of the files of ours that a file names in an import of either kind, an export or an import(). */
function importsOf(path) {
  const { importedFiles } = ts.preProcessFile(readFileSync(path, 'utf8'));
  return importedFiles
    .filter(({ fileName }) => fileName.startsWith('.'))
    .map(({ fileName }) => `${join(dirname(path), fileName)}.ts`)
    .filter((target) => existsSync(target));
}

/** The room that a file is in, or undefined where it lies beside the rooms. */
function roomOf(file) {
  const house = houses.find((name) => file.startsWith(`${name}/`));
  const [room, ...further] = file.slice(house.length + 1).split('/');
  return further.length > 0 ? `${house}/${room}` : undefined;
}

/** The graph of the rooms, and for each of its arrows, `A → B`, the imports that it stands for. */
function roomGraph(files) {
  const graph = new Map();
  const reasons = new Map();
  for (const [file, targets] of files) {
    for (const target of targets) {
      const [from, to] = [roomOf(file), roomOf(target)];
      if (from === undefined || to === undefined || from === to) continue;
      graph.set(from, (graph.get(from) ?? new Set()).add(to));
      const arrow = `${from} → ${to}`;
      reasons.set(arrow, [...(reasons.get(arrow) ?? []), `${file} → ${target}`]);
    }
  }
  return { graph, reasons };
}

/** The shortest way from a node back to itself, with it at both ends; undefined where there is none. */
function circleThrough(graph, start) {
  const cameFrom = new Map();
  for (let reached = [start]; reached.length > 0;) {
    const next = [];
    for (const node of reached) {
      for (const target of graph.get(node) ?? []) {
        if (target === start) {
          const way = [start];
          for (let step = node; step !== start; step = cameFrom.get(step)) way.unshift(step);
          return [start, ...way];
        }
        if (cameFrom.has(target)) continue;
        cameFrom.set(target, node);
        next.push(target);
      }
    }
    reached = next;
  }
  return undefined;
}

/** A circle through every node that is on one; none is told twice because it has several nodes. */
function circles(graph) {
  const told = new Set();
  const found = [];
  for (const node of graph.keys()) {
    if (told.has(node)) continue;
    const circle = circleThrough(graph, node);
    if (circle === undefined) continue;
    circle.forEach((one) => told.add(one));
    found.push(circle);
  }
  return found;
}

const checkout = resolve(process.argv[2] ?? join(dirname(fileURLToPath(import.meta.url)), '..'));
const files = fileGraph(checkout);
const { graph, reasons } = roomGraph(files);
const rooms = new Set([...files.keys()].map(roomOf).filter((room) => room !== undefined));
const [ofFiles, ofRooms] = [circles(files), circles(graph)];
for (const circle of ofFiles) console.log(`Files in a circle: ${circle.join(' → ')}`);
for (const circle of ofRooms) {
  console.log(`Rooms in a circle: ${circle.join(' → ')}`);
  for (let i = 1; i < circle.length; i++) {
    for (const reason of reasons.get(`${circle[i - 1]} → ${circle[i]}`)) console.log(`    ${reason}`);
  }
}
console.log(`${files.size} files, ${rooms.size} rooms: ${ofFiles.length + ofRooms.length} circles`);
process.exitCode = ofFiles.length + ofRooms.length > 0 ? 1 : 0;
