// Generated from the templates by the build; not edited by hand.
export interface WelcomeMailData {
  readonly userEmail: string;
}

export declare const html: (it: WelcomeMailData) => string;
export declare const text: (it: WelcomeMailData) => string;
