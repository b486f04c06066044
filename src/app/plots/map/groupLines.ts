// The lines of one group on the map: from its anchor to each other sentence, with positions for the cosine labels.

export interface GroupLine {
  point: number;
  x: number;
  y: number;
  /** Position of the cosine label: beyond the point, seen from the anchor. */
  labelX: number;
  labelY: number;
  side: 'start' | 'end';
}

/**
 * @param screen [points, 3]
 * @param others the group's other points
 * @param text height of the labels in pixels
 */
export function groupLines(
  screen: Float64Array,
  anchor: number,
  others: readonly number[],
  text: number,
  width: number,
  height: number,
): GroupLine[] {
  const [ax, ay] = [screen[anchor * 3]!, screen[anchor * 3 + 1]!];
  const room = 3.2 * text; // "−0.83" and a gap
  const lines = others
    .filter((point) => Number.isFinite(screen[point * 3]!))
    .map((point): GroupLine => {
      const [x, y] = [screen[point * 3]!, screen[point * 3 + 1]!];
      const right = x >= ax ? x + room < width : x - room < 0;
      return {
        point,
        x,
        y,
        labelX: x + (right ? 1 : -1) * 0.85 * text,
        labelY: y + 0.9 * text * Math.sign(y - ay || 1) * (Math.abs(x - ax) < 2 * text ? 1 : 0.2),
        side: right ? 'start' : 'end',
      };
    });
  // Overlapping labels are moved down, starting at the top one; near the lower edge all are moved up again.
  const byHeight = [...lines].sort((a, b) => a.labelY - b.labelY);
  byHeight.forEach((line, i) => {
    line.labelY = Math.max(line.labelY, text);
    for (const above of byHeight.slice(0, i)) {
      if (Math.abs(above.labelX - line.labelX) < room) {
        line.labelY = Math.max(line.labelY, above.labelY + 1.15 * text);
      }
    }
  });
  const over = Math.max(0, ...lines.map((line) => line.labelY - (height - 0.6 * text)));
  for (const line of lines) line.labelY -= over;
  return lines;
}
