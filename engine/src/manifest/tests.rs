use super::*;

fn read_text(text: &str) -> (Manifest, Findings) {
    let mut findings = Findings::default();
    let manifest = read(
        vec![SourceFile {
            name: "test.yaml".into(),
            text: text.into(),
        }],
        &mut findings,
    );
    (manifest, findings)
}

#[test]
fn documents_become_objects() {
    let (manifest, findings) = read_text(
        "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  ports:\n  - port: 80\n    targetPort: http\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n",
    );
    assert_eq!(findings.iter().count(), 0);
    assert_eq!(manifest.objects.services[0].value.metadata.name, "web");
    assert_eq!(
        manifest.objects.services[0].value.spec.ports[0].port,
        Some(80)
    );
    assert_eq!(manifest.objects.workloads[0].origin.document, DocumentId(1));
}
