/* Who hears the signals of an interface that is not for everybody: those who have read what they
 * tell of, so that nothing falls between, and those who have asked for them. */
#pragma once

#include "dbus/exporter.h"
#include "rpc/owners.h"

typedef struct _FramAudience FramAudience;

#define FRAM_AUDIENCE_MAX 64

/* Signals of `interface` at the manager's path; `owners` watches those who listen.  All stay the
 * caller's. */
FramAudience *fram_audience_new (FramExporter *exporter, FramInterface *interface,
                                 FramOwners *owners);
void fram_audience_free (FramAudience *audience);

/* The caller hears what changes from now on, if there are not too many already. */
void fram_audience_note_reader (FramAudience *audience, FramCall *call);
/* The methods; they answer the call. */
void fram_audience_subscribe (FramAudience *audience, FramCall *call);
void fram_audience_unsubscribe (FramAudience *audience, FramCall *call);
/* It has left the bus. */
void fram_audience_caller_gone (FramAudience *audience, const char *name);

/* `body`: as fram_exporter_signal() takes it. */
void fram_audience_signal (FramAudience *audience, const char *signal, GVariant *body);
