/**
 * The parts of osls's model that the packaging plugins work on.
 *
 * @typedef {string | Record<string, unknown>} Value a text or a CloudFormation function
 * @typedef {{ Effect: 'Allow' | 'Deny', Action: string[], Resource: Value | Value[], Condition?: Record<string, unknown> }} Statement
 * @typedef {{ Type: string, Properties?: Record<string, unknown> } & Record<string, unknown>} Resource
 * @typedef {Record<string, Resource>} Resources
 *
 * @typedef {object} FunctionDefinition
 * @property {string} name as it is deployed
 * @property {string} handler
 * @property {Record<string, unknown>[]} events
 * @property {string[]} [uses] which of custom.grants it is given
 * @property {boolean} [operatorOnly]
 * @property {number} [reservedConcurrency]
 * @property {Record<string, Value>} [environment]
 * @property {string} [role]
 * @property {{ subnetIds?: string[], securityGroupIds?: string[] }} [vpc]
 * @property {{ artifact?: string }} [package]
 *
 * @typedef {object} Serverless
 * @property {object} service
 * @property {Record<string, FunctionDefinition>} service.functions
 * @property {Record<string, any>} service.custom
 * @property {{ architecture?: string, compiledCloudFormationTemplate: { Resources: Resources } }} service.provider
 * @property {{ plugins: object[] }} pluginManager
 * @property {{ commands: string[] }} processedInput
 * @property {{ defineFunctionProperties(provider: string, schema: object): void }} configSchemaHandler
 * @property {(name: string) => { getStage(): string, naming: { getNormalizedFunctionName(name: string): string, getLambdaLogicalId(name: string): string } }} getProvider
 * @property {{ Error: new (message: string, code: string) => Error }} classes
 */
export {};
