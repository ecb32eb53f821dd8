/** The parts of a face-api weight name (`conv64_down/conv1/conv/filters`) and the roles they name here. */
const roles: Record<string, string> = {
  'conv/filters': 'weights',
  'conv/bias': 'biases',
  'scale/weights': 'Scale/scale',
  'scale/biases': 'Scale/biases',
};

/** `conv64_down` → `Block64_Down`; `conv32_down`, the first layer, → `Stem`. */
function blockName(block: string): string {
  if (block === 'conv32_down') return 'Stem';
  return block.replace(/^conv/, 'Block').replace('_down_out', '_Down_Out').replace('_down', '_Down');
}

/**
 * The variable of our `dlib_resnet` that holds a weight of face-api's face_recognition_model, by that weight's name;
 * undefined for a name that the model does not have. Shapes and values are the same in both.
 */
export function dlibVariableName(faceApiName: string): string | undefined {
  if (faceApiName === 'fc') return 'DlibResnet/Bottleneck/weights';
  const match = /^(conv\d+_(?:\d|down|down_out))\/(?:(conv[12])\/)?((?:conv|scale)\/\w+)$/.exec(faceApiName);
  const role = roles[match?.[3] ?? ''];
  if (match === null || role === undefined) return undefined;
  return ['DlibResnet', blockName(match[1]!), ...(match[2] === undefined ? [] : [match[2]]), role].join('/');
}
