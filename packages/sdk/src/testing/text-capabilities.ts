export { textCapabilities } from '../leaf/text-capabilities.ts';
