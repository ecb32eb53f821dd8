/** Architectures the workbench knows, under the names used on the command line. No schema here: who only looks at a model needs none. */
export const networkNames = ['inception_resnet_v1', 'inception_resnet_v2', 'squeezenet', 'dlib_resnet'] as const;
export type NetworkName = (typeof networkNames)[number];
