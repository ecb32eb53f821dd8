// A lint rule for the extension host: what a person reads goes through vscode.l10n.t, where a translator finds it.

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

const icon = /\$\([\w~-]+\)/g;
const isText = (value) => /\p{Letter}/u.test(String(value).replace(icon, ''));

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

export const localisedTexts = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      english:
        'A person reads this in any language: write vscode.l10n.t(…), counted.…(…) for a number of things, or a name of properNames.ts.',
    },
  },
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
