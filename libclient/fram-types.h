/* What every header of libfram starts from: the types by name, and the mark of what is
 * exported. */
#pragma once

#if !defined(FRAM_INSIDE) && !defined(FRAM_COMPILATION)
#error "Only <fram.h> can be included directly."
#endif

#include <gio/gio.h>

/**
 * FRAM_API:
 *
 * Marks what the library exports; everything else in it is hidden.
 */
#define FRAM_API __attribute__ ((visibility ("default"))) extern

G_BEGIN_DECLS

typedef struct _FramClient FramClient;
typedef struct _FramSession FramSession;
typedef struct _FramComponent FramComponent;
typedef struct _FramSessionOptions FramSessionOptions;
typedef struct _FramDescription FramDescription;
typedef struct _FramCandidate FramCandidate;
typedef struct _FramPair FramPair;
typedef struct _FramSessionInfo FramSessionInfo;
typedef struct _FramNetwork FramNetwork;
typedef struct _FramNetworkInterface FramNetworkInterface;
typedef struct _FramNetworkServer FramNetworkServer;
typedef struct _FramMapping FramMapping;
typedef struct _FramDeafWay FramDeafWay;
typedef struct _FramPastSession FramPastSession;
typedef struct _FramSettings FramSettings;
typedef struct _FramSetting FramSetting;
typedef struct _FramServer FramServer;
typedef struct _FramServerTest FramServerTest;

G_END_DECLS
