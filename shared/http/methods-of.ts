import methods from '#generated/methods.json' with { type: 'json' };

const withoutSlash = (path: string): string => path.replace(/(?<=.)\/$/, '');

const routes = Object.entries(methods).map(([path, allowed]) => ({
  pattern: new RegExp(`^${withoutSlash(path).replace(/\{\w+\}/g, '[^/]+')}$`),
  allowed,
}));

/** The methods that a path of the API takes, or undefined when it is none. */
export const methodsOf = (path: string): readonly string[] | undefined =>
  routes.find(({ pattern }) => pattern.test(withoutSlash(path)))?.allowed;
