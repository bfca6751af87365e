export type DirectoryFact =
  | { readonly type: 'directory.serviceAdded'; readonly serviceId: string }
  | { readonly type: 'directory.serviceChanged'; readonly serviceId: string }
  | { readonly type: 'directory.serviceArchived'; readonly serviceId: string }
  | { readonly type: 'directory.counterAdded'; readonly counterId: string }
  | { readonly type: 'directory.counterChanged'; readonly counterId: string }
  | { readonly type: 'directory.counterArchived'; readonly counterId: string }
  | { readonly type: 'directory.signedOn'; readonly counterId: string; readonly personId: string }
  | { readonly type: 'directory.signedOff'; readonly counterId: string; readonly personId: string }
  | { readonly type: 'directory.breakBegun'; readonly counterId: string; readonly personId: string }
  | { readonly type: 'directory.breakEnded'; readonly counterId: string; readonly personId: string }
  | { readonly type: 'directory.lineLost'; readonly counterId: string; readonly personId: string }
  | { readonly type: 'directory.lineBack'; readonly counterId: string; readonly personId: string }
  | { readonly type: 'directory.shareReleased'; readonly counterId: string; readonly personId: string };
