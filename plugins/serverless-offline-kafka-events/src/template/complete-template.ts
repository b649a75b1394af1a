import type { FrameworkModel } from '../offline/framework.ts';

export function completeTemplate(_serverless: FrameworkModel): void {}
