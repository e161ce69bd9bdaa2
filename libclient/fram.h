/* libfram: peer connections from the Fram service.  The one header to include. */
#pragma once

#define FRAM_INSIDE

#include <fram-client.h>
#include <fram-component.h>
#include <fram-description.h>
#include <fram-enums.h>
#include <fram-error.h>
#include <fram-inspector-rows.h>
#include <fram-inspector.h>
#include <fram-network.h>
#include <fram-row.h>
#include <fram-rows.h>
#include <fram-server.h>
#include <fram-session-options.h>
#include <fram-session.h>
#include <fram-settings.h>
#include <fram-types.h>

#undef FRAM_INSIDE
