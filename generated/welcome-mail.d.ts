// Generated from the templates by the build. Do not edit.
export interface WelcomeMailData {
  readonly userEmail: string;
}

export declare const html: (it: WelcomeMailData) => string;
export declare const text: (it: WelcomeMailData) => string;
