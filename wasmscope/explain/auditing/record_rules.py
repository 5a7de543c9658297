"""All rules about a module's own records, one after the other."""

from __future__ import annotations

from collections.abc import Iterator

from wasmscope.explain.auditing.audit_findings import AuditFinding
from wasmscope.explain.auditing.constructor_rules import ConstructorRules
from wasmscope.explain.auditing.export_rules import ExportRules
from wasmscope.explain.auditing.global_rules import GlobalRules
from wasmscope.explain.auditing.known import Known
from wasmscope.explain.auditing.memory_rules import MemoryRules
from wasmscope.explain.auditing.runtime_rules import RuntimeRules
from wasmscope.explain.auditing.slot_rules import SlotRules
from wasmscope.explain.auditing.start_rules import StartRules
from wasmscope.explain.auditing.type_rules import TypeRules

RULES = (ExportRules, StartRules, ConstructorRules, TypeRules, SlotRules, GlobalRules, MemoryRules, RuntimeRules)


def record_findings(known: Known) -> Iterator[AuditFinding]:
    """What is wrong in the records of the module of `known`; counts in it what was compared."""
    for rules in RULES:
        for fault in rules(known).faults():
            yield fault.finding()
