import { circleIn, readRooms, withoutDetours } from './rooms.ts';

/** The rooms of src/ and what they import. An import that follows from others is not drawn. */
export function roomsPicture(): string {
  const rooms = readRooms('.');
  const circle = circleIn(rooms);
  if (circle) throw new Error(`Rooms import each other in a circle: ${circle.join(' > ')}`);
  const nodes = [...rooms.keys()].map((room) => `    ${idOf(room)}["${room}"]`);
  const arrows = withoutDetours(rooms).map(([from, to]) => `    ${idOf(from)} --> ${idOf(to)}`);
  return ['```mermaid', 'graph TD', ...nodes.toSorted(), ...arrows.toSorted(), '```'].join('\n');
}

function idOf(room: string): string {
  return room.replaceAll(/\W/g, '-');
}
