/**
 * The few parts of hapi, serverless and serverless-offline that the local plugin touches.
 *
 * @typedef {object} HapiRequest
 * @property {string} method
 * @property {string} path
 * @property {Record<string, string | undefined>} headers
 * @property {{ req: import('node:http').IncomingMessage, res: import('node:http').ServerResponse }} raw
 * @property {unknown} payload
 * @property {string | null} mime
 * @property {HapiResponse} response
 *
 * @typedef {object} HapiResponse
 * @property {boolean} [isBoom] hapi's own error
 * @property {{ statusCode: number, headers: Record<string, unknown>, payload: unknown }} output of an error
 * @property {number} statusCode
 * @property {Record<string, unknown>} headers
 * @property {unknown} source the body
 *
 * @typedef {{ continue: symbol, response: (body: unknown) => HapiReply }} HapiToolkit
 * @typedef {{ code: (status: number) => HapiReply, type: (type: string) => HapiReply, header: (name: string, value: string) => HapiReply }} HapiReply
 *
 * @typedef {object} HapiServer
 * @property {import('node:http').Server} listener
 * @property {(event: string, method: (request: HapiRequest, h: HapiToolkit) => unknown) => void} ext
 *
 * @typedef {object} OfflinePlugin serverless-offline itself
 * @property {() => Promise<void>} start
 * @property {(skipExit?: boolean) => Promise<void>} end
 * @property {() => { getApiGatewayServer: () => HapiServer }} internals
 *
 * @typedef {{ handler: string, name: string, events?: Record<string, unknown>[] }} FunctionDefinition
 *
 * @typedef {object} Serverless
 * @property {string} serviceDir
 * @property {{ functions: Record<string, FunctionDefinition>, provider: { httpApi?: { cors?: unknown } }, custom?: Record<string, unknown> }} service
 * @property {{ plugins: object[], spawn: (command: string) => Promise<void> }} pluginManager
 */

export {};
