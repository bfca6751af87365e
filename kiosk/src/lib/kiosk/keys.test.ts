import { describe, expect, it } from 'vitest';
import { isDirection, neighbour, type Box } from './keys.ts';

const box = (left: number, top: number, width = 100, height = 100): Box => ({
  left,
  top,
  right: left + width,
  bottom: top + height,
});

describe('arrows', () => {
  it('are known', () => {
    expect(isDirection('ArrowUp')).toBe(true);
    expect(isDirection('Enter')).toBe(false);
  });

  // Two columns, and a wide button below both.
  const boxes = [box(0, 0), box(120, 0), box(0, 120), box(120, 120), box(0, 240, 220)];
  const go = (from: number, direction: Parameters<typeof neighbour>[2]) =>
    neighbour(boxes, boxes[from] ?? box(0, 0), direction);
  it('follow rows and columns', () => {
    expect(go(0, 'ArrowRight')).toBe(1);
    expect(go(0, 'ArrowDown')).toBe(2);
    expect(go(3, 'ArrowLeft')).toBe(2);
    expect(go(3, 'ArrowUp')).toBe(1);
    expect(go(3, 'ArrowDown')).toBe(4);
  });
  it('stay where there is nothing', () => {
    expect(go(0, 'ArrowUp')).toBeNull();
    expect(go(1, 'ArrowRight')).toBeNull();
  });
});
