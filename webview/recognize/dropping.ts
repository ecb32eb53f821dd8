/** Types of what VS Code's Explorer and the desktop drop. */
const uriList = 'text/uri-list';

/**
 * Takes what is dropped anywhere on the page.
 * @param onDropped addresses of files, a line each; empty where what was dropped says nothing of where it lies
 */
export function takeDrops(target: HTMLElement, onDropped: (uris: string) => void): () => void {
  const over = (event: DragEvent): void => {
    event.preventDefault();
    target.classList.add('dropping');
  };
  const leave = (): void => target.classList.remove('dropping');
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    leave();
    onDropped(event.dataTransfer?.getData(uriList) ?? '');
  };
  const heard = { dragover: over, dragleave: leave, drop } as const;
  document.addEventListener('dragover', over);
  document.addEventListener('dragleave', leave);
  document.addEventListener('drop', drop);
  return () => {
    for (const [name, listener] of Object.entries(heard)) document.removeEventListener(name, listener as EventListener);
  };
}
