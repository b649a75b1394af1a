import methods from '#generated/methods.json' with { type: 'json' };

function withoutSlash(path: string): string {
  return path.replace(/(?<=.)\/$/, '');
}

const routes = Object.entries(methods).map(([path, allowed]) => ({
  pattern: new RegExp(`^${withoutSlash(path).replace(/\{\w+\}/g, '[^/]+')}$`),
  allowed,
}));

/** The methods that a path of the API takes, or undefined when it is none. */
export function methodsOf(path: string): readonly string[] | undefined {
  return routes.find(({ pattern }) => pattern.test(withoutSlash(path)))?.allowed;
}
