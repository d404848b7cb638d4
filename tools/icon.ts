import { encode } from 'fast-png';

/** Lengths are pixels of the 230×230 that Power Automate asks for. */
const size = 230;
const centre = size / 2;
const ring = { radius: 68, halfWidth: 9.5 };
/** The ring's gap, in degrees clockwise from the right, and the arrow's head that stands at its end. */
const gap = { from: -62, to: -8 };
const head = { length: 40, halfWidth: 27 };
const paper: Colour = [255, 255, 255];
const accent: Colour = [255, 185, 64];
const bars = [
  { y: -24, from: -30, to: 30, colour: paper },
  { y: 0, from: -30, to: 14, colour: accent },
  { y: 24, from: -30, to: 24, colour: paper },
];
const barHalfHeight = 6;

type Colour = readonly [red: number, green: number, blue: number];

/** The icon, a PNG: an arrow that goes round a short list, on a colour such as `#0b4f6c`. */
export function drawIcon(brandColour: string): Uint8Array {
  const brand = readColour(brandColour);
  const data = new Uint8Array(size * size * 3);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const at = { x: x + 0.5 - centre, y: y + 0.5 - centre };
      data.set(colourAt(at, brand).map(Math.round), (y * size + x) * 3);
    }
  }
  return encode({ width: size, height: size, data, channels: 3, depth: 8 });
}

function colourAt(at: Point, brand: Colour): Colour {
  const withArrow = mix(brand, paper, coverage(distanceToArrow(at)));
  return bars.reduce((under, bar) => mix(under, bar.colour, coverage(distanceToBar(at, bar))), withArrow);
}

type Point = { x: number; y: number };

/** Negative inside, in pixels. */
function distanceToArrow(at: Point): number {
  return Math.min(distanceToRing(at), distanceToHead(at));
}

function distanceToRing(at: Point): number {
  const degrees = (Math.atan2(at.y, at.x) * 180) / Math.PI;
  const onRing = Math.abs(Math.hypot(at.x, at.y) - ring.radius) - ring.halfWidth;
  if (degrees < gap.from || degrees > gap.to) return onRing;
  const start = onCircle(gap.to);
  return Math.hypot(at.x - start.x, at.y - start.y) - ring.halfWidth;
}

/** A triangle whose base stands across the ring where the gap begins, pointing on clockwise. */
function distanceToHead(at: Point): number {
  const base = onCircle(gap.from);
  const angle = (gap.from * Math.PI) / 180;
  const along = -(at.x - base.x) * Math.sin(angle) + (at.y - base.y) * Math.cos(angle);
  const across = (at.x - base.x) * Math.cos(angle) + (at.y - base.y) * Math.sin(angle);
  const slope = head.halfWidth / head.length;
  const side = (Math.abs(across) - (head.length - along) * slope) / Math.hypot(1, slope);
  return Math.max(-along - 1, side);
}

function distanceToBar(at: Point, { y, from, to }: (typeof bars)[number]): number {
  const x = Math.min(Math.max(at.x, from), to);
  return Math.hypot(at.x - x, at.y - y) - barHalfHeight;
}

function onCircle(degrees: number): Point {
  const radians = (degrees * Math.PI) / 180;
  return { x: ring.radius * Math.cos(radians), y: ring.radius * Math.sin(radians) };
}

/** How much of a pixel is inside, from 0 to 1: soft edges. */
function coverage(distance: number): number {
  return Math.min(1, Math.max(0, 0.5 - distance));
}

function mix(under: Colour, over: Colour, part: number): Colour {
  const channel = (index: 0 | 1 | 2) => under[index] + (over[index] - under[index]) * part;
  return [channel(0), channel(1), channel(2)];
}

function readColour(hex: string): Colour {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((from) =>
    Number.parseInt(hex.slice(from, from + 2), 16),
  );
  return [red, green, blue];
}
