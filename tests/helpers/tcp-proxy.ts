export { startProxyTo, startTcpProxy, type TcpProxy, throughProxy } from './tcp-proxy.mjs';
