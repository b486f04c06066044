// The size of a plot on the page, in CSS pixels, and its font size (projector mode changes it).

export interface PlotSize {
  width: number;
  height: number;
  /** Font size in pixels. */
  em: number;
}

/** Reports the size now and whenever it changes; returns a function that stops it. */
export function observeSize(node: HTMLElement, onsize: (size: PlotSize) => void): () => void {
  const observer = new ResizeObserver(() => {
    const em = parseFloat(getComputedStyle(node).fontSize);
    onsize({ width: node.clientWidth, height: node.clientHeight, em });
  });
  observer.observe(node);
  return () => observer.disconnect();
}
