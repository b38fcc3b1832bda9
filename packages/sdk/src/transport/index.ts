export { createNodeFetch, type NodeFetchOptions } from './node-http.ts';
