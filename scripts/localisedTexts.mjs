// Lint rules for the extension host and its pages: what a person reads goes through l10n.t, where a translator finds it.

/** Properties that VS Code shows, of rows, dialogs, notifications and the status bar. */
const shown = new Set([
  ...['title', 'label', 'description', 'detail', 'tooltip', 'text', 'message', 'problem', 'name'],
  ...['placeHolder', 'placeholder', 'prompt', 'openLabel', 'saveLabel'],
]);

/** Functions whose arguments are shown. */
const speaking = new Set([
  ...['showInformationMessage', 'showWarningMessage', 'showErrorMessage', 'setStatusBarMessage'],
  ...['information', 'warning', 'failure', 'withRunProgress', 'parseRequest', 'askInOrder'],
  ...['pickOne', 'pickDataset', 'pickModel', 'pickPairs', 'pickInStep', 'browseFolder', 'browseFile'],
]);

/** Classes whose arguments are shown. */
const spoken = new Set(['UserError', 'StoppedError', 'TreeItem']);

/** In pages: attributes that are read out, and functions by the place of the first argument that is shown. */
const readOut = new Set(['title', 'label', 'placeholder', 'aria-label', 'aria-valuetext', 'alt']);
const drawing = new Map(Object.entries({ element: 2, fill: 1, setText: 1, checkbox: 0, linkButton: 0 }));
/** The same in every language. */
const units = /\b(ms|min|[skMG]?B|px|[shdke])\b|\b[A-Z]{2,}\b/g;

const icon = /\$\([\w~-]+\)/g;
const isText = (value) => /\p{Letter}/u.test(String(value).replace(icon, '').replace(units, ''));

/** Name of what is called, made or assigned, without the objects that it belongs to. */
function nameOf(node) {
  if (node.type === 'MemberExpression') return nameOf(node.property);
  return node.type === 'Identifier' ? node.name : node.type === 'Literal' ? node.value : undefined;
}

/** The texts that an expression may be, written in it; what a function answers is that function's affair. */
function textsIn(node) {
  switch (node?.type) {
    case 'Literal':
      return typeof node.value === 'string' && isText(node.value) ? [node] : [];
    case 'TemplateLiteral': {
      const own = node.quasis.some(({ value }) => isText(value.cooked));
      return own ? [node] : node.expressions.flatMap(textsIn);
    }
    case 'ConditionalExpression':
      return [node.consequent, node.alternate].flatMap(textsIn);
    case 'LogicalExpression':
    case 'BinaryExpression':
      // A comparison asks for names that nobody sees.
      return ['&&', '||', '??', '+'].includes(node.operator) ? [node.left, node.right].flatMap(textsIn) : [];
    case 'ArrayExpression':
      return node.elements.flatMap(textsIn);
    case 'SpreadElement':
      return textsIn(node.argument);
    case 'CallExpression':
      // Parts that are put together.
      return nameOf(node.callee) === 'join' ? textsIn(node.callee.object) : [];
    case 'ArrowFunctionExpression':
      return textsIn(node.body);
    case 'TSAsExpression':
    case 'TSNonNullExpression':
      return textsIn(node.expression);
    default:
      return [];
  }
}

const messages = {
  english:
    'A person reads this in any language: write l10n.t(…), counted.…(…) for a number of things, or a name of properNames.ts.',
};

/** For webview/. */
export const localisedPageTexts = {
  meta: { type: 'problem', schema: [], messages },
  create(context) {
    const report = (expressions) => {
      for (const node of expressions.flatMap(textsIn)) context.report({ node, messageId: 'english' });
    };
    return {
      Property({ key, value, computed }) {
        if (!computed && readOut.has(nameOf(key))) report([value]);
      },
      AssignmentExpression({ left, right }) {
        if (left.type === 'MemberExpression' && ['textContent', 'title'].includes(nameOf(left))) report([right]);
      },
      CallExpression({ callee, arguments: given }) {
        if (nameOf(callee) === 'setAttribute' && readOut.has(nameOf(given[0]))) report(given.slice(1));
        const first = drawing.get(nameOf(callee));
        if (first !== undefined) report(given.slice(first));
      },
    };
  },
};

/** For extension/. */
export const localisedTexts = {
  meta: { type: 'problem', schema: [], messages },
  create(context) {
    const report = (expressions) => {
      for (const node of expressions.flatMap(textsIn)) context.report({ node, messageId: 'english' });
    };
    return {
      Property({ key, value, computed }) {
        if (!computed && (nameOf(key) === 'validateInput' || (shown.has(nameOf(key)) && nameOf(key) !== 'name')))
          report([value]);
      },
      AssignmentExpression({ left, right }) {
        if (left.type === 'MemberExpression' && shown.has(nameOf(left))) report([right]);
      },
      CallExpression({ callee, arguments: given }) {
        if (speaking.has(nameOf(callee))) report(given);
      },
      NewExpression({ callee, arguments: given }) {
        if (spoken.has(nameOf(callee))) report(given);
      },
    };
  },
};
