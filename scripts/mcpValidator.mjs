// In place of the validator that the SDK of the Model Context Protocol takes unless told: its other one, by a library that is
// bundled anyway. It judges what clients answer to questions; none is asked.
export { CfWorkerJsonSchemaValidator as AjvJsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/cfworker';
