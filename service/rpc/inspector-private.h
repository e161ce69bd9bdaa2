/* What the files of the inspector share. */
#pragma once

#include "rpc/inspection.h"
#include "rpc/inspector.h"
#include "rpc/lookers.h"
#include "rpc/owners.h"

struct _FramInspector
{
  FramInterface *interface;
  FramOwners *callers; /* those who wait, subscribe or have descriptors */
  FramDriver *driver;
  FramMemory *memory;
  FramInspection *inspection;
  FramLookers *lookers;
  GList *waiting; /* Waiting, the newest first */
};
