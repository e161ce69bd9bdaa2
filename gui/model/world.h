/* The service as the panel has it: found, lost, found again, and the objects of the library
 * that speak to it. */
#pragma once

#include <fram.h>

G_BEGIN_DECLS

typedef enum
{
  PANEL_WORLD_LOADING,    /* it was asked and has not answered yet */
  PANEL_WORLD_THERE,      /* it answers */
  PANEL_WORLD_NO_SERVICE, /* it does not run */
  PANEL_WORLD_FAILED      /* it, or the bus, does not do what it should */
} PanelWorldState;

#define PANEL_TYPE_WORLD (panel_world_get_type ())
G_DECLARE_FINAL_TYPE (PanelWorld, panel_world, PANEL, WORLD, GObject)

/* Emits "changed" when its state or one of its objects is another one. */
PanelWorld *panel_world_new (void);

PanelWorldState panel_world_get_state (PanelWorld *self);

/* What is wrong, a sentence; NULL if nothing is. */
const char *panel_world_get_message (PanelWorld *self);

/* Starts the service, or looks for the bus again. */
void panel_world_start (PanelWorld *self);

/* NULL before the bus was found; then there until the end, even without a service. */
FramInspector *panel_world_get_inspector (PanelWorld *self);

/* NULL before the service was there for the first time; then there until the end. */
FramSettings *panel_world_get_settings (PanelWorld *self);

G_END_DECLS
