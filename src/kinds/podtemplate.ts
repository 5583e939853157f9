/** PodTemplate: a template by itself, for controllers that look one up; no built-in one does. See pkg/registry/core/podtemplate/strategy.go. */
import { containerImages, containerNames, labelsText } from './cells.ts';
import { column, defineKind, nameColumn, type Loose } from './define.ts';
import { validatePodTemplate } from './pod/validate.ts';
import { defaultTemplate } from './workload.ts';

export const podtemplate = defineKind<Loose>({
  kind: 'PodTemplate',
  plural: 'podtemplates',
  returnsDeleted: true,
  defaults: (object) => defaultTemplate(object['template']),
  prepareForCreate(object) {
    object.metadata.generation = 1;
  },
  validate: (object) => validatePodTemplate(object['template'] ?? { spec: { containers: [] } }, 'template'),
  columns: [
    nameColumn(),
    column('Containers', (object) => containerNames(object['template'])),
    column('Images', (object) => containerImages(object['template'])),
    column('Pod Labels', (object) => labelsText(object['template']?.metadata?.labels)),
  ],
});
