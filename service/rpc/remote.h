/* What applications say about their peer, looked at before the broker hears of it, so that a
 * call with one wrong value does nothing at all. */
#pragma once

#include <gio/gio.h>

/* A word of ice-options that says what RFC 8839 §5.3 says with an attribute of its own. */
#define FRAM_REMOTE_LITE_WORD "ice-lite"

#include "broker/broker.h"

/* `pacing` in milliseconds, 0: the peer named none.  Failures are
 * FRAM_BROKER_ERROR_INVALID_DESCRIPTION. */
gboolean fram_remote_read_description (const char *ufrag, const char *pwd,
                                       const char *const *options, guint pacing,
                                       FramDescription *ret_description, GError **error);

/* `candidates` is `a(us)`: stream and line.  Each line must be well-formed; those that are to
 * be ignored by rule are.  Failures are FRAM_BROKER_ERROR_INVALID_CANDIDATE,
 * …_INVALID_ARGUMENT for a stream that the session does not have, and …_LIMIT. */
gboolean fram_remote_check_candidates (GVariant *candidates, guint n_streams,
                                       GError **error);

/* Gives the broker those of `candidates`, checked before, whose stream is at least
 * `first_stream`. */
gboolean fram_remote_add_candidates (FramBroker *broker, FramSessionId session,
                                     const char *ufrag, GVariant *candidates,
                                     guint first_stream, FramTime now, GError **error);
