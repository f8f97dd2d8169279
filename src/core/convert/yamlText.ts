// A package of CommonJS has its names where it is imported by them alone.
export { parse } from 'yaml';
