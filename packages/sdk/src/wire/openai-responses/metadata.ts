/** Under which name the opaque data of this format stands in the metadata of parts. */
export const responsesMetadata = 'openai';
