// Makes an element a drop target for files; it has the attribute data-dropping while a file is dragged over it.

export function dropTarget(ondrop: (files: File[]) => void): (node: HTMLElement) => () => void {
  return (node) => {
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const over = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      node.dataset.dropping = 'true';
    };
    const leave = (event: DragEvent) => {
      if (!(event.relatedTarget instanceof Node && node.contains(event.relatedTarget)))
        delete node.dataset.dropping;
    };
    const drop = (event: DragEvent) => {
      delete node.dataset.dropping;
      if (!hasFiles(event)) return;
      event.preventDefault();
      ondrop([...(event.dataTransfer?.files ?? [])]);
    };
    node.addEventListener('dragover', over);
    node.addEventListener('dragleave', leave);
    node.addEventListener('drop', drop);
    return () => {
      node.removeEventListener('dragover', over);
      node.removeEventListener('dragleave', leave);
      node.removeEventListener('drop', drop);
    };
  };
}
