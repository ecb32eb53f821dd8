// Texts of the pages in the language of the window: the extension hands over what VS Code has loaded for it. Imported
// before anything that makes texts.
import * as l10n from '@vscode/l10n';

const { words } = document.body.dataset;
if (words !== undefined) l10n.config({ contents: words });
