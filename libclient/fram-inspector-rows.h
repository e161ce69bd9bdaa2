/* The rows of the inspector's tables.  Each value is a property; those that change are
 * notified.  What they mean stands at the properties. */
#pragma once

#include <fram-row.h>

G_BEGIN_DECLS

/* --- Sessions ---------------------------------------------------------------------- */

#define FRAM_TYPE_SESSION_ROW (fram_session_row_get_type ())
FRAM_API G_DECLARE_FINAL_TYPE (FramSessionRow, fram_session_row, FRAM, SESSION_ROW,
                               FramRow)

#define FRAM_TYPE_COMPONENT_ROW (fram_component_row_get_type ())
FRAM_API G_DECLARE_FINAL_TYPE (FramComponentRow, fram_component_row, FRAM, COMPONENT_ROW,
                               FramRow)

#define FRAM_TYPE_CHANGE_ROW (fram_change_row_get_type ())
FRAM_API G_DECLARE_FINAL_TYPE (FramChangeRow, fram_change_row, FRAM, CHANGE_ROW, FramRow)

#define FRAM_TYPE_CANDIDATE_ROW (fram_candidate_row_get_type ())
FRAM_API G_DECLARE_FINAL_TYPE (FramCandidateRow, fram_candidate_row, FRAM, CANDIDATE_ROW,
                               FramRow)

#define FRAM_TYPE_PAIR_ROW (fram_pair_row_get_type ())
FRAM_API G_DECLARE_FINAL_TYPE (FramPairRow, fram_pair_row, FRAM, PAIR_ROW, FramRow)

#define FRAM_TYPE_EVENT_ROW (fram_event_row_get_type ())
FRAM_API G_DECLARE_FINAL_TYPE (FramEventRow, fram_event_row, FRAM, EVENT_ROW, FramRow)

/* --- The network ------------------------------------------------------------------- */

#define FRAM_TYPE_INTERFACE_ROW (fram_interface_row_get_type ())
FRAM_API G_DECLARE_FINAL_TYPE (FramInterfaceRow, fram_interface_row, FRAM, INTERFACE_ROW,
                               FramRow)

#define FRAM_TYPE_CALL_ROW (fram_call_row_get_type ())
FRAM_API G_DECLARE_FINAL_TYPE (FramCallRow, fram_call_row, FRAM, CALL_ROW, FramRow)

#define FRAM_TYPE_SERVER_ROW (fram_server_row_get_type ())
FRAM_API G_DECLARE_FINAL_TYPE (FramServerRow, fram_server_row, FRAM, SERVER_ROW, FramRow)

#define FRAM_TYPE_MAPPING_ROW (fram_mapping_row_get_type ())
FRAM_API G_DECLARE_FINAL_TYPE (FramMappingRow, fram_mapping_row, FRAM, MAPPING_ROW,
                               FramRow)

#define FRAM_TYPE_DEAF_ROW (fram_deaf_row_get_type ())
FRAM_API G_DECLARE_FINAL_TYPE (FramDeafRow, fram_deaf_row, FRAM, DEAF_ROW, FramRow)

#define FRAM_TYPE_ALLOCATION_ROW (fram_allocation_row_get_type ())
FRAM_API G_DECLARE_FINAL_TYPE (FramAllocationRow, fram_allocation_row, FRAM,
                               ALLOCATION_ROW, FramRow)

/* --- The past ---------------------------------------------------------------------- */

#define FRAM_TYPE_HISTORY_ROW (fram_history_row_get_type ())
FRAM_API G_DECLARE_FINAL_TYPE (FramHistoryRow, fram_history_row, FRAM, HISTORY_ROW,
                               FramRow)

/* --- What a row has besides its properties ----------------------------------------- */

FRAM_API GListModel *fram_interface_row_get_calls (FramInterfaceRow *self);

G_END_DECLS
