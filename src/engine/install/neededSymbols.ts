/**
 * Functions of TensorFlow's C interface that the addon of @tensorflow/tfjs-node(-gpu) 4.22 imports (the undefined symbols of
 * its tfjs_binding.node). A library that lacks one of them links, and fails when the function is called.
 */
export const neededSymbols: readonly string[] = `
TFE_ContextListDevices TFE_DeleteContext TFE_DeleteContextOptions TFE_DeleteOp TFE_DeleteTensorHandle TFE_Execute
TFE_NewContext TFE_NewContextOptions TFE_NewOp TFE_NewTensorHandle TFE_OpAddInput TFE_OpSetAttrBool TFE_OpSetAttrBoolList
TFE_OpSetAttrFloat TFE_OpSetAttrFloatList TFE_OpSetAttrInt TFE_OpSetAttrIntList TFE_OpSetAttrShape TFE_OpSetAttrString
TFE_OpSetAttrType TFE_TensorHandleCopyToDevice TFE_TensorHandleDataType TFE_TensorHandleDim TFE_TensorHandleNumDims
TFE_TensorHandleResolve TF_AllocateTensor TF_DataTypeSize TF_DeleteBuffer TF_DeleteDeviceList TF_DeleteGraph
TF_DeleteSession TF_DeleteSessionOptions TF_DeleteStatus TF_DeleteTensor TF_DeviceListCount TF_DeviceListName
TF_DeviceListType TF_Dim TF_GetCode TF_GraphOperationByName TF_LoadSessionFromSavedModel TF_Message TF_NewBuffer
TF_NewBufferFromString TF_NewGraph TF_NewSessionOptions TF_NewStatus TF_NewTensor TF_NumDims TF_SessionRun
TF_TensorByteSize TF_TensorData TF_TensorElementCount TF_TensorType TF_Version`
  .trim()
  .split(/\s+/);

/** Those of the needed functions that are in none of the outputs of `nm -D --defined-only`. */
export function missingSymbols(listings: readonly string[]): string[] {
  const defined = new Set<string>();
  for (const listing of listings) {
    // address, type, name, and the version that a linker script gives it.
    for (const [, name] of listing.matchAll(/^\S+ [TtWwVi] (TFE?_\w+)(?:@\S+)?$/gm)) defined.add(name!);
  }
  return neededSymbols.filter((name) => !defined.has(name));
}
