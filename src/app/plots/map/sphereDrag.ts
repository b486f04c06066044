// The drag of a pointer that turns the sphere. A pointer that hardly moves is a click.

/** Pixels that a pointer moves before it drags. */
const MIN_DISTANCE = 4;

type Position = Pick<PointerEvent, 'clientX' | 'clientY'>;

export class SphereDrag {
  private last: { x: number; y: number } | null = null;
  private moved = false;
  private endedMoved = false;

  /** Whether a pointer is down. */
  get isActive(): boolean {
    return this.last !== null;
  }

  begin({ clientX, clientY }: Position): void {
    this.last = { x: clientX, y: clientY };
    this.moved = false;
  }

  /** @returns the pixels since the last call; null while the pointer has hardly moved, and when none is down */
  move({ clientX, clientY }: Position): { dx: number; dy: number } | null {
    if (this.last === null) return null;
    const [dx, dy] = [clientX - this.last.x, clientY - this.last.y];
    if (!this.moved && Math.hypot(dx, dy) < MIN_DISTANCE) return null;
    this.last = { x: clientX, y: clientY };
    this.moved = true;
    return { dx, dy };
  }

  end(): void {
    this.endedMoved = this.last !== null && this.moved;
    this.last = null;
  }

  /** Whether the click that follows the end of a pointer's movement is a click, and not the end of a drag. */
  takeClick(): boolean {
    const isClick = !this.endedMoved;
    this.endedMoved = false;
    return isClick;
  }
}
